"""The clips of a film that are made to fit, one by one: elsewhere, beforehand, and put on the shelf for the join."""

import shutil
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

from assets.media.ffmpeg import Progress
from assets.media.stitch.clips import look_at
from assets.media.stitch.conform import words_for
from assets.media.stitch.picture import CRF, CRF_SMALL, fit_clip
from assets.media.stitch.plan import StitchPlan
from assets.media.stitch.profile import Profile
from assets.media.stitch.shelf import Shelf
from assets.media.stitch.tables import is_clip


@dataclass(frozen=True, slots=True)
class Part:
    """How one clip is made to fit: so many frames of this size and rate, at this quality; plain JSON as a dict."""

    frames: int
    width: int
    height: int
    fps: str
    crf: int
    fit: str

    @property
    def profile(self) -> Profile:
        """Give the film's format."""
        return Profile(self.width, self.height, Fraction(self.fps))

    def as_dict(self) -> dict[str, Any]:
        """Give it for a job."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """Read what `as_dict` gave."""
        return cls(**told)

    def words(self, content: str) -> list[Any]:
        """Give the name of the copy of a clip whose bytes have the SHA-256 `content`."""
        return [*words_for(self.profile, frames=self.frames, crf=self.crf, fit=self.fit), content]


def parts_of(plan: StitchPlan, *, fit: str) -> dict[int, Part]:
    """Give, by the number of the clip, what has to be made to fit for a plan."""
    to, crf = plan.profile, CRF_SMALL if plan.small else CRF
    odd = [step for step in plan.steps if step.reasons]
    return {step.index: Part(step.frames, to.width, to.height, str(to.fps), crf, fit) for step in odd}


def make_part(source: Path, part: Part, target: Path, *, shelf: Path | None, progress: Progress) -> None:
    """Make one clip fit. Raises ClipProblem, FFmpegError, RenderCheckError."""
    kept = Shelf(shelf)
    (clip,), _ = look_at([source], shelf=kept, skip=False, tick=lambda done: progress(0.1 * done))
    fit_clip(
        clip,
        target,
        profile=part.profile,
        frames=part.frames,
        crf=part.crf,
        fit=part.fit,
        shelf=kept,
        progress=lambda done: progress(0.1 + 0.9 * done),
    )


def shelve(part: Part, made: Path, *, content: str, shelf: Path, room: Path) -> None:
    """Put what `make_part` made of the clip with this content where the next stitch looks for it."""

    def copy(target: Path) -> None:
        shutil.copyfile(made, target)

    place = room / f"part-{content}-{part.frames}.mp4"
    Shelf(shelf).made(part.words(content), place, copy, good=lambda kept: is_clip(kept, part.frames))
