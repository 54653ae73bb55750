"""Read by every Python that a test starts (PYTHONPATH names this folder): children stay on this machine too."""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / "network.py"))["GUARD"].active = True
