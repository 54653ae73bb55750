"""Real media as output: small films with the frame counter in them, and pictures; each made once and kept."""

import io
import threading
import wave
from pathlib import Path

import av
from PIL import Image

from assets.media import counter
from assets.media.ffmpeg import FrameEncoder

FILM_SIZES = {"16:9": (320, 180), "9:16": (180, 320)}
PICTURE_SIZES = {"1:1": (512, 512), "16:9": (640, 360), "9:16": (360, 640), "3:4": (384, 512), "4:3": (512, 384)}
FPS = 24
_COLOURS = ("teal", "maroon", "navy", "olive", "purple", "sienna", "darkgreen", "indigo", "crimson", "gray")


class Media:
    """Makes films into `folder`. `pool`: how many different ones; `seconds`: their length, else what was ordered."""

    def __init__(self, folder: Path, *, pool: int = 12, seconds: float | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._seconds = seconds
        self._lock = threading.Lock()
        self.pool = pool

    def label(self, makes: str, number: int) -> str:
        """Give the label that the film of an order carries in its counter."""
        return f"{makes}-{number % self.pool}"

    def film(self, label: str, *, seconds: float, aspect: str, sound: bool) -> Path:
        """Give a film of 24 frames a second: one colour, the counter with `label`, a tone when `sound`."""
        frames = round((self._seconds or seconds) * FPS)
        form = "tall" if aspect == "9:16" else "wide"
        path = self._folder / f"{label}-{form}-{frames}{'-sound' if sound else ''}.mp4"
        with self._lock:
            if not path.exists():
                self._make(path, label, frames, FILM_SIZES["9:16" if form == "tall" else "16:9"], sound=sound)
        return path

    def _make(self, path: Path, label: str, frames: int, size: tuple[int, int], *, sound: bool) -> None:
        tone = _tone(path.with_suffix(".wav"), frames / FPS) if sound else None
        plain = Image.new("RGB", size, _COLOURS[counter.label_hash(label) % len(_COLOURS)])
        with FrameEncoder(path, width=size[0], height=size[1], audio=tone, preset="ultrafast") as out:
            for number in range(frames):
                counter.draw(plain, label, number)
                out.write(plain.tobytes())

    def picture(self, number: int, *, aspect: str, form: str) -> bytes:
        """Give a picture that no other number has."""
        out = io.BytesIO()
        made = Image.new("RGB", PICTURE_SIZES.get(aspect, PICTURE_SIZES["1:1"]), _COLOURS[number % len(_COLOURS)])
        counter.draw(made, "portrait", number)
        made.save(out, "PNG" if form == "png" else "JPEG")
        return out.getvalue()


def _tone(path: Path, seconds: float) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        one = b"".join(level.to_bytes(2, "little", signed=True) for level in (2000, 2000, -2000, -2000))
        sound.writeframes(one * round(2000 * seconds))
    return path


def film_seconds(content: bytes) -> float | None:
    """Say how long a film that was received lasts; None when it is none."""
    try:
        with av.open(io.BytesIO(content), "r") as film:
            return None if film.duration is None else film.duration / 1_000_000
    except av.error.FFmpegError:
        return None
