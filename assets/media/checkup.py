"""What comes from outside is decoded in a process of its own: whatever it does there, the web process lives on.

The child (`checkup_child`) may use so much memory, time and disk; who breaks it gets a refusal. It answers one line
of JSON, which is believed no more than the file.
"""

import json
import logging
import math
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from assets.media.analysis import SongAnalysis
from assets.media.errors import MediaProblem
from assets.media.films import Film
from assets.media.pictures import MAX_PIXELS, Picture
from assets.media.probe import MAX_SIDE
from assets.media.samples import MAX_CHANNELS, RATES
from assets.media.sprite import Strip
from assets.media.waveform import read_curve
from mvsite.common.process import Limits, ProcessError, run

log = logging.getLogger(__name__)
Found = TypeVar("Found")
PROGRAM = "assets.media.checkup_child"
SECONDS = 90.0
LIMITS = Limits(memory=2 << 30, cpu_seconds=60, file_size=512 << 20, open_files=64)
ANSWER_BYTES = 65_536
_WORD = re.compile(r"[a-z0-9_]{1,40}")
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {
    "PATH": "",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(_ROOT),
    "OPENBLAS_NUM_THREADS": "1",  # each of its threads would reserve address space
}


@dataclass(frozen=True, slots=True)
class Song:
    """A song that was decoded to its end: `seconds` as its packets say; `name` is what its tags say, untrusted."""

    codec: str
    sample_rate: int
    channels: int
    seconds: float
    name: str = ""


def check_song(path: Path, *, longest: float) -> Song:
    """Decode a song of at most `longest` seconds. Raises MediaProblem."""
    return _asked({"what": "song", "path": str(path.absolute()), "longest": longest}, _song)


def check_film(path: Path, *, poster: Path, longest: float) -> Film:
    """Look at a film of at most `longest` seconds and write its poster. Raises MediaProblem."""
    film = _asked(_order("film", path, poster) | {"longest": longest}, _film)
    _written(poster)
    return film


def clean_picture(path: Path, target: Path) -> Picture:
    """Write a picture anew (`pictures.clean_picture`). Raises MediaProblem."""
    picture = _asked(_order("picture", path, target), _picture)
    _written(target)
    return picture


def write_strip(path: Path, target: Path, strip: Strip) -> None:
    """Write the strip of a film (`sprite.write_strip`). Raises MediaProblem."""
    _asked(_order("strip", path, target) | {"strip": asdict(strip)}, lambda _: _written(target))


def write_peaks(path: Path, target: Path) -> None:
    """Keep the maxima of a song (`waveform.write_peaks`). Raises MediaProblem."""
    _asked(_order("peaks", path, target), lambda _: read_curve(_written(target), 1))


def write_analysis(path: Path, target: Path) -> None:
    """Listen to a song and write what was found as JSON (`SongAnalysis.as_dict`). Raises MediaProblem."""
    _asked(
        _order("analysis", path, target), lambda _: SongAnalysis.from_dict(json.loads(_written(target).read_bytes()))
    )


def _order(what: str, path: Path, target: Path) -> dict[str, Any]:
    return {"what": what, "path": str(path.absolute()), "target": str(target.absolute())}


def _asked(order: dict[str, Any], read: Callable[[dict[str, Any]], Found]) -> Found:
    """Let the child do it. Raises MediaProblem for whatever it says or does, OSError when the disk is full."""
    try:
        done = run(
            [sys.executable, "-P", "-m", PROGRAM],
            timeout=SECONDS,
            stdin=json.dumps(order).encode(),
            limits=LIMITS,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            most_stdout=ANSWER_BYTES,
        )
        told = json.loads(done.stdout)
        if "errno" in told:
            raise OSError(int(told["errno"]), os.strerror(int(told["errno"])))
        if "problem" in told:
            raise MediaProblem(str(told["problem"]), str(told["detail"])[:300])
        return read(told)
    except (ProcessError, ValueError, KeyError, TypeError, OverflowError) as error:
        log.warning("checkup_broke", extra={"what": order["what"], "reason": str(error)[-500:]})
        raise MediaProblem("unreadable", "it cannot be decoded with what a file may use of time and memory") from error


def _song(told: dict[str, Any]) -> Song:
    return Song(
        codec=_word(told["codec"]),
        sample_rate=_number(told["sample_rate"], RATES),
        channels=_number(told["channels"], range(1, MAX_CHANNELS + 1)),
        seconds=_seconds(told["seconds"]),
        name=str(told["name"])[:1000],
    )


def _film(told: dict[str, Any]) -> Film:
    return Film(
        kind=_word(told["kind"]),
        codec=_word(told["codec"]),
        width=_number(told["width"], range(1, MAX_SIDE + 1)),
        height=_number(told["height"], range(1, MAX_SIDE + 1)),
        fps=_seconds(told["fps"]),
        frames=_number(told["frames"], range(1, 1 << 31)),
        seconds=_seconds(told["seconds"]),
        has_audio=bool(told["has_audio"]),
    )


def _picture(told: dict[str, Any]) -> Picture:
    sides = range(1, MAX_PIXELS + 1)
    return Picture(_word(told["kind"]), _number(told["width"], sides), _number(told["height"], sides))


def _word(told: Any) -> str:
    if not isinstance(told, str) or not _WORD.fullmatch(told):
        raise ValueError("not a name")
    return told


def _number(told: Any, allowed: range) -> int:
    if not isinstance(told, int) or told not in allowed:
        raise ValueError("not a number within its range")
    return told


def _seconds(told: Any) -> float:
    if not isinstance(told, int | float) or not math.isfinite(told) or told <= 0:
        raise ValueError("not a length")
    return float(told)


def _written(target: Path) -> Path:
    if target.is_symlink() or not target.is_file():
        raise MediaProblem("unreadable", "nothing was written")
    return target
