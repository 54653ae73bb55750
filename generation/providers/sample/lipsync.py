"""Moves mouths: takes a clip and a sound, draws a mouth that follows the loudness, keeps every frame."""

from datetime import datetime
from pathlib import Path

from PIL import Image

from assets.media.compose import VideoFrames, render
from assets.media.synth import loudness
from generation.choices import Queue
from generation.ports import Found, LipSyncRequest, Pending, Ready, Sent, Tick
from generation.providers.sample import desk
from generation.providers.sample.mouths import Bubble

MODEL = "sample-lipsync-1"


class SampleLipSync:
    """`Maker[LipSyncRequest]` on this machine; the same request gives the same bytes."""

    provider = desk.PROVIDER
    ingest_queue: str = Queue.RENDER.value

    def describe(self, request: LipSyncRequest) -> Sent:
        """Say what is used."""
        return Sent(MODEL, {"video": request.video.name, "audio": request.audio.name, "seconds": request.seconds})

    def submit(self, request: LipSyncRequest, tag: str) -> str:
        """Take the order."""
        return desk.ticket(tag)

    def look_up(self, request: LipSyncRequest, tag: str, sent_after: datetime) -> Found:
        """Find the order again: it is always there."""
        return desk.found_again(tag, sent_after)

    def poll(self, provider_id: str, request: LipSyncRequest) -> Pending | Ready:
        """Say whether it may be fetched."""
        return desk.state(provider_id, kind="lipsync", text="")

    def fetch(self, provider_id: str, request: LipSyncRequest, target: Path, tick: Tick) -> None:
        """Render the clip with its moving mouth and the new sound into `target`."""
        with VideoFrames(request.video) as source:
            levels = loudness(request.audio, frames=source.count, fps=source.fps)
            mouth = Bubble(source.size)

            def paint(number: int) -> Image.Image:
                picture = source.next()
                mouth.draw(picture, number, levels[number])
                return picture

            render(
                paint=paint, seconds=source.count / source.fps, size=source.size, target=target, tick=tick,
                audio=request.audio, fps=source.fps,
            )  # fmt: skip

    def cancel(self, provider_id: str) -> bool:
        """Nothing comes by itself: a file is made only when it is fetched."""
        return True
