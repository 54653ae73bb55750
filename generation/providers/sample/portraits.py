"""Makes portraits: reads the description, paints the figure, writes the file."""

from datetime import datetime
from pathlib import Path

from generation.choices import Queue
from generation.ports import Found, ImageRequest, Pending, Ready, Sent, Tick
from generation.providers.sample import desk
from generation.providers.sample.portrait import SIZES, encode, paint_portrait
from generation.providers.sample.vocabulary import read_traits
from mvsite.common.errors import ProviderError

MODEL = "sample-portrait-1"
FORMATS = ("png", "jpg", "jpeg")


class SamplePortraits:
    """`Maker[ImageRequest]` on this machine; the same request and seed give the same bytes."""

    provider = desk.PROVIDER
    ingest_queue: str = Queue.RENDER.value

    def describe(self, request: ImageRequest) -> Sent:
        """Say what is used; there is nothing to filter in a painted figure."""
        used = {
            "prompt": request.prompt,
            "aspect_ratio": request.aspect_ratio,
            "output_format": request.output_format,
            "seed": request.seed,
        }
        unused = ("negative_prompt", "safety_filter_level", "person_generation")
        return Sent(MODEL, used, tuple(name for name in unused if getattr(request, name)))

    def submit(self, request: ImageRequest, tag: str) -> str:
        """Take the order. Raises ProviderError for a shape or format that is not made here."""
        if request.aspect_ratio not in SIZES or request.output_format not in FORMATS:
            detail = f"Portraits come as {', '.join(SIZES)} in {', '.join(FORMATS)}."
            raise ProviderError("provider:call:invalid", detail)
        return desk.ticket(tag)

    def look_up(self, request: ImageRequest, tag: str, sent_after: datetime) -> Found:
        """Find the order again: it is always there."""
        return desk.found_again(tag, sent_after)

    def poll(self, provider_id: str, request: ImageRequest) -> Pending | Ready:
        """Say whether it may be fetched."""
        return desk.state(provider_id, kind="image", text=f"{request.prompt} {request.description}")

    def fetch(self, provider_id: str, request: ImageRequest, target: Path, tick: Tick) -> None:
        """Paint the portrait into `target`."""
        tick(0.0)
        description = request.description or request.prompt
        traits = read_traits(description)
        picture = paint_portrait(traits, description=description, seed=request.seed, size=SIZES[request.aspect_ratio])
        tick(0.7)
        note = {"traits": traits.as_dict(), "seed": request.seed}
        target.write_bytes(encode(picture, output_format=request.output_format, note=note))
        tick(1.0)

    def cancel(self, provider_id: str) -> bool:
        """Nothing comes by itself: a file is made only when it is fetched."""
        return True
