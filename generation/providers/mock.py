"""Mock mode (`MOCK_VID_GENS`): films of a folder instead of new clips, after a pretended wait. Nothing is bought.

Which film it is follows from prompt and seed alone, so the same request shows the same film as long as the folder is
the same. A folder without an MP4 gives way to what the sample provider draws.
"""

import hashlib
import shutil
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings

from generation.choices import Queue
from generation.ports import ClipRequest, Found, Pending, Ready, Sent, Tick
from generation.providers.registry import MOCK
from generation.providers.sample.clips import SampleClips
from mvsite.common.errors import ProviderError
from mvsite.logs import debug_event

DRAWN = "sample"


class MockClips:
    """`Maker[ClipRequest]` that shows what is there already."""

    provider = MOCK
    ingest_queue: str = Queue.RENDER.value

    def describe(self, request: ClipRequest) -> Sent:
        """Say what a real provider would have been sent, and which film is shown instead."""
        used = {**SampleClips().describe(request).parameters_used, "negative_prompt": request.negative_prompt}
        return Sent(MOCK, used, mock_source=_name_of(_film_for(request)))

    def submit(self, request: ClipRequest, tag: str) -> str:
        """Take the order and begin to pretend."""
        source, seconds = _name_of(_film_for(request)), _delay(tag)
        debug_event("mock_mode_enabled", source=source, seconds=seconds)
        debug_event("mock_video_selected", source=source, seconds=seconds)
        debug_event("mock_delay", source=source, seconds=seconds)
        return _ticket(tag, time.time())

    def look_up(self, request: ClipRequest, tag: str, sent_after: datetime) -> Found:
        """Find the order again: it is always there."""
        return Found(_ticket(tag, sent_after.timestamp()))

    def poll(self, provider_id: str, request: ClipRequest) -> Pending | Ready:
        """Say whether the wait is over."""
        tag, _, sent = provider_id.removeprefix(f"{MOCK}-").partition("@")
        seconds, passed = _delay(tag), time.time() - int(sent) / 1000
        return Ready(cost_usd=0.0) if passed >= seconds else Pending(progress=max(0.0, passed / seconds))

    def fetch(self, provider_id: str, request: ClipRequest, target: Path, tick: Tick) -> None:
        """Copy the film to `target`, so that every clip has a file of its own. Raises ProviderError."""
        film = _film_for(request)
        if film is None:
            SampleClips().fetch(provider_id, request, target, tick)
            return
        try:
            shutil.copyfile(film, target)
        except OSError as error:
            raise ProviderError("provider:call:failed", f"The mock film {film.name} cannot be read.") from error

    def cancel(self, provider_id: str) -> bool:
        """Nothing comes by itself."""
        return True


def films() -> list[Path]:
    """Return the films of the folder by name; none when there is no folder."""
    folder: Path | None = settings.MOCK_VIDEOS_DIR
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".mp4" and path.is_file())


def _film_for(request: ClipRequest) -> Path | None:
    found = films()
    throw = _number(request.prompt, request.seed)
    return found[throw % len(found)] if found else None


def _name_of(film: Path | None) -> str:
    return film.name if film else DRAWN


def _delay(tag: str) -> float:
    """Give the seconds that this order pretends to take: always the same ones for the same order."""
    least, most = settings.MOCK_DELAY_SECONDS
    return round(float(least + (most - least) * (_number("delay", tag) % 1000) / 1000), 2)


def _ticket(tag: str, at: float) -> str:
    return f"{MOCK}-{tag}@{round(at * 1000)}"


def _number(*words: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:8])
