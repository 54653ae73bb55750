"""What one step of a pipeline can come to; the engine writes it down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generation.choices import JobState
from mvsite.common.errors import StudioError


@dataclass(frozen=True, slots=True)
class Park:
    """Go on in `after` seconds. WAITING when somebody else works (a provider), RUNNING when we do or will."""

    after: float
    stage: str
    state: JobState = JobState.RUNNING
    progress: float | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Finished: `finish` writes the rows of the result and returns the public result, in one transaction."""

    finish: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Review:
    """Something may have been bought and nobody can tell: a person decides."""

    error: StudioError


Outcome = Park | Done | Review
