"""Moves mouths: takes a clip and a sound, draws a mouth that follows the loudness, keeps every frame."""

from datetime import datetime
from pathlib import Path

from PIL import Image

from assets.media.audio import envelope
from assets.media.compose import VideoFrames, render
from assets.media.errors import MediaProblem
from generation.choices import Queue
from generation.ports import Found, LipSyncRequest, Pending, Ready, Sent, Tick
from generation.providers.sample import desk
from generation.providers.sample.mouths import mouth_for
from generation.providers.sample.notes import append_note, read_note
from mvsite.common.errors import ProviderError

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
        """Render the clip with its moving mouth and the new sound into `target`.

        Raises ProviderError `provider:call:invalid` when video or sound cannot be read.
        """
        try:
            _render(request, target, tick)
        except MediaProblem as error:
            raise ProviderError("provider:call:invalid", "The video or the sound cannot be read.") from error

    def cancel(self, provider_id: str) -> bool:
        """Nothing comes by itself: a file is made only when it is fetched."""
        return True


def _render(request: LipSyncRequest, target: Path, tick: Tick) -> None:
    facts = read_note(request.video)
    with VideoFrames(request.video) as source:
        levels = openings(envelope(request.audio, fps=source.fps), frames=source.count)
        mouth = mouth_for(facts, size=source.size)

        def paint(number: int) -> Image.Image:
            picture = source.next()
            mouth.draw(picture, number, levels[number])
            return picture

        seconds = source.count / source.fps
        render(
            paint=paint, seconds=seconds, size=source.size, target=target, tick=tick, fps=source.fps,
            audio=request.audio,
        )  # fmt: skip
    if facts is not None:
        append_note(target, facts)


def openings(loudness: list[float], *, frames: int) -> list[float]:
    """Turn loudness a frame (0..1) into how far a mouth opens (0..1): relative to the loudest."""
    padded = [*loudness[:frames], *([0.0] * (frames - len(loudness)))]
    loudest = max(padded, default=0.0)
    if loudest < 0.002:
        return [0.0] * frames
    floor = 0.12 * loudest
    return [min(1.0, max(0.0, level - floor) / (loudest - floor) * 1.15) for level in padded]
