"""A clip maker that is quick and real: a small film of one colour, two seconds long, encoded like any other."""

from datetime import datetime
from pathlib import Path

import pytest

from assets.media.ffmpeg import FrameEncoder
from generation.pipelines import clip
from generation.ports import ClipRequest, Found, Looked, Pending, Ready, Sent, Tick
from mvsite.common.errors import ProviderError

SIZE = (160, 90)
FRAMES = 48


class QuickClips:
    """Fails for every prompt that holds one of `failing`."""

    provider = "sample"
    ingest_queue = "render"

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.made: list[ClipRequest] = []

    def describe(self, request: ClipRequest) -> Sent:
        return Sent("quick-1", {"seconds": request.seconds, "seed": request.seed})

    def submit(self, request: ClipRequest, tag: str) -> str:
        return f"quick-{tag}"

    def look_up(self, request: ClipRequest, tag: str, sent_after: datetime) -> Looked:
        return Found(f"quick-{tag}")

    def poll(self, provider_id: str, request: ClipRequest) -> Pending | Ready:
        if any(word in request.prompt for word in self.failing):
            raise ProviderError("provider:call:refused", "The words were refused.")
        return Ready()

    def fetch(self, provider_id: str, request: ClipRequest, target: Path, tick: Tick) -> None:
        self.made.append(request)
        colour = bytes((request.seed % 256, 90, 160))
        with FrameEncoder(target, width=SIZE[0], height=SIZE[1]) as film:
            for _ in range(FRAMES):
                film.write(colour * (SIZE[0] * SIZE[1]))

    def cancel(self, provider_id: str) -> bool:
        return True


@pytest.fixture
def quick_clips(monkeypatch: pytest.MonkeyPatch) -> QuickClips:
    """Let clips come from `QuickClips`."""
    maker = QuickClips()
    monkeypatch.setattr(clip, "clip_maker", lambda provider: maker)
    return maker
