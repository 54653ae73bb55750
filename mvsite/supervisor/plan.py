"""What the supervisor is told: everything it needs, so that it runs without Django and stays small."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from mvsite.supervisor.services import Service


@dataclass(frozen=True, slots=True)
class Plan:
    """The services of one studio, its folders and address, and what a person wants to see."""

    services: tuple[Service, ...]
    data_dir: Path
    cwd: Path
    url: str
    host_name: str
    """A Host name that is served, for asking the web server whether it is there."""
    lock: int
    """The open file that holds the data folder's lock; it stays open as long as the studio runs."""
    browser: bool

    def as_text(self) -> str:
        """Write the plan so that it fits into an argument."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `as_text` wrote."""
        told = json.loads(text)
        services = tuple(Service(**{**one, "command": tuple(one["command"])}) for one in told.pop("services"))
        data_dir, cwd = Path(told.pop("data_dir")), Path(told.pop("cwd"))
        return cls(services=services, data_dir=data_dir, cwd=cwd, **told)
