"""What a film is, as the library keeps it, and its poster frame."""

from dataclasses import dataclass
from pathlib import Path

from assets.media.errors import MediaProblem
from assets.media.poster import poster as write_poster
from assets.media.probe import probe, upright_size
from assets.media.sniff import VIDEO_KINDS


@dataclass(frozen=True, slots=True)
class Film:
    """A film whose packets were counted and whose first picture was decoded; sizes in pixels, as it is shown."""

    kind: str
    codec: str
    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    has_audio: bool


def look_at_film(path: Path, *, poster: Path, longest: float | None = None) -> Film:
    """Probe a film, of at most `longest` seconds, and write its poster (JPEG). Raises MediaProblem."""
    facts = probe(path, formats=VIDEO_KINDS)
    picture = facts.video
    if picture is None:
        raise MediaProblem("type", "there is no moving picture in it")
    if longest is not None:
        check_length(facts.duration, longest)
    write_poster(path, poster)
    width, height = upright_size(picture)
    return Film(
        kind=facts.kind,
        codec=picture.codec,
        width=width,
        height=height,
        fps=float(picture.fps),
        frames=picture.frames,
        seconds=facts.duration,
        has_audio=facts.audio is not None,
    )


def check_length(seconds: float, longest: float) -> None:
    """Refuse what lasts longer. Raises MediaProblem `too_long`."""
    if seconds > longest:
        raise MediaProblem("too_long", f"at most {longest / 60:g} minutes are taken")
