"""What a person may ask of a stitch: the words of the API, with files in place of ids."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Transition = Literal["cut", "crossfade", "fade_black"]


@dataclass(frozen=True, slots=True)
class Track:
    """One more sound: from `start` seconds of the film on, at `volume` (1.0 = as it is)."""

    path: Path
    start: float
    volume: float = 1.0


@dataclass(frozen=True, slots=True)
class StitchWishes:
    """Everything that can be asked for; the defaults are those of the API. Volumes are factors, times seconds."""

    audio_overlay: Path | None = None
    suppress_video_audio: bool = False
    video_audio_volume: float = 1.0
    overlay_volume: float = 1.0
    transition: Transition = "cut"
    transition_seconds: float = 0.5
    overlay_fit: Literal["trim", "loop"] = "trim"
    overlay_from: Literal["start", "middle", "end"] = "start"
    overlay_start_ms: int = 0
    fade_in_seconds: float = 0.0
    fade_out_seconds: float = 0.0
    audio_tracks: tuple[Track, ...] = ()
    normalize_loudness: bool = False
    aspect_ratio: str | None = None  # "16:9", "9:16", "1:1", "4:5"
    aspect_fit: Literal["pad", "crop", "blur"] = "pad"  # what becomes of pictures of another shape
    resolution: str | None = None  # "720p": the shorter side
    quality: Literal["high", "small"] = "high"
    skip_broken: bool = False  # leave a broken clip out, with a warning
    ends: tuple[float, ...] = ()  # seconds of the film at which each clip ends; empty: when its picture does
