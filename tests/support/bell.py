"""A Celery application with one task, for tests that need a real worker on the embedded broker."""

import os
from pathlib import Path

from mvsite.celery import app


@app.task(name="tests.ring")
def ring(number: int) -> None:
    """Leave a file that says the task ran, and how often."""
    path = Path(os.environ["MV_DATA_DIR"]) / "rung" / str(number)
    with path.open("a") as file:
        file.write("x")
