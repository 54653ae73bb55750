"""Makes clips: reads the prompt, paints the film frame by frame, adds sound when asked."""

import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from PIL import Image

from assets.media import counter, song
from assets.media.compose import FPS, render
from generation.choices import Queue
from generation.ports import ClipRequest, Found, Pending, Ready, Sent, Tick
from generation.providers.sample import desk
from generation.providers.sample.dice import Dice
from generation.providers.sample.film import Film, film_for
from generation.providers.sample.notes import append_note
from mvsite.common.errors import ProviderError

MODEL = "sample-clip-1"
SIZES: dict[tuple[str, str], tuple[int, int]] = {
    ("16:9", "720p"): (1280, 720), ("16:9", "1080p"): (1920, 1080),
    ("9:16", "720p"): (720, 1280), ("9:16", "1080p"): (1080, 1920),
}  # fmt: skip
SECONDS = (4, 6, 8)


class SampleClips:
    """`Maker[ClipRequest]` on this machine; the same request and seed give the same bytes."""

    provider = desk.PROVIDER
    ingest_queue: str = Queue.RENDER.value

    def describe(self, request: ClipRequest) -> Sent:
        """Say what is used."""
        used = {
            "prompt": request.prompt,
            "duration": request.seconds,
            "aspect_ratio": request.aspect_ratio,
            "resolution": request.resolution,
            "generate_audio": request.generate_audio,
            "seed": request.seed,
            "reference_image": request.reference is not None,
        }
        return Sent(MODEL, used, ("negative_prompt",) if request.negative_prompt else ())

    def submit(self, request: ClipRequest, tag: str) -> str:
        """Take the order. Raises ProviderError for a shape or length that is not made here."""
        if (request.aspect_ratio, request.resolution) not in SIZES or request.seconds not in SECONDS:
            detail = "Sample clips are 16:9 or 9:16, 720p or 1080p, and last 4, 6 or 8 seconds."
            raise ProviderError("provider:call:invalid", detail)
        return desk.ticket(tag)

    def look_up(self, request: ClipRequest, tag: str, sent_after: datetime) -> Found:
        """Find the order again: it is always there."""
        return desk.found_again(tag, sent_after)

    def poll(self, provider_id: str, request: ClipRequest) -> Pending | Ready:
        """Say whether it may be fetched."""
        return desk.state(provider_id, kind="clip", text=request.prompt)

    def fetch(self, provider_id: str, request: ClipRequest, target: Path, tick: Tick) -> None:
        """Render the clip into `target`."""
        size = SIZES[request.aspect_ratio, request.resolution]
        film = film_for(request, size=size)
        label = request.label if settings.MV_SAMPLE_COUNTER else ""

        def paint(number: int) -> Image.Image:
            picture = film.paint(number)
            if label:
                counter.draw(picture, label, number)
            return picture

        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            sound = _sound(film, request, Path(folder)) if request.generate_audio else None
            render(paint=paint, seconds=request.seconds, size=size, target=target, tick=tick, audio=sound, fps=FPS)
        append_note(target, film.recipe())

    def cancel(self, provider_id: str) -> bool:
        """Nothing comes by itself: a file is made only when it is fetched."""
        return True


def _sound(film: Film, request: ClipRequest, folder: Path) -> Path:
    path = folder / "sound.wav"
    seed = Dice("sound", request.prompt, request.seed).number("seed") % 2**32
    song.ambience(path, seconds=request.seconds, seed=seed, mood=film.mood, wind=film.wind)
    return path
