"""A provider that really works: it keeps its orders in a folder, so that every process sees the same ones.

What it does wrong is said by words in the prompt: `refuse`, `busy`, `lost` (it makes it, the answer is lost),
`dropped` (the request never arrived, and nobody knows), `mute` (it cannot be asked), `fails`, `slow`, `shaky`, `gone`.
"""

import json
import os
import uuid
from collections import Counter
from datetime import datetime
from pathlib import Path

from django.conf import settings
from PIL import Image

from assets.keys import character_key
from assets.services.characters import character_create_from_file
from generation.jobs import Claim
from generation.pipelines.outcomes import Done, Outcome
from generation.pipelines.purchase import Purchase
from generation.ports import (
    CannotSay,
    Found,
    ImageRequest,
    Looked,
    NothingThere,
    OutcomeUnknown,
    Pending,
    Ready,
    Sent,
    Tick,
)
from mvsite.common.errors import ProviderError


class FakeProvider:
    """Makes one small picture an order."""

    provider = "fake"
    ingest_queue = "render"

    def __init__(self) -> None:
        self.folder: Path = settings.MV_DATA_DIR / "fake-provider"
        (self.folder / "orders").mkdir(parents=True, exist_ok=True)

    def describe(self, request: ImageRequest) -> Sent:
        return Sent("fake-1", {"prompt": request.prompt})

    def submit(self, request: ImageRequest, tag: str) -> str:
        self.count("submit")
        if "busy" in request.prompt and self.counted("submit") < 3:
            raise ProviderError("provider:call:busy", transient=True, retry_after=0.5)
        if "refuse" in request.prompt:
            raise ProviderError("provider:call:refused")
        if "dropped" in request.prompt and self.counted("submit") < 2:
            raise OutcomeUnknown("the connection was cut")
        order = f"order-{uuid.uuid4().hex[:8]}"
        (self.folder / "orders" / f"{order}.json").write_text(json.dumps({"tag": tag, "prompt": request.prompt}))
        if "lost" in request.prompt or "mute" in request.prompt:
            raise OutcomeUnknown("the answer was cut off")
        return order

    def look_up(self, request: ImageRequest, tag: str, sent_after: datetime) -> Looked:
        self.count("look_up")
        if "mute" in request.prompt:
            return CannotSay(permanent=True)
        for path in self.orders():
            if json.loads(path.read_text())["tag"] == tag:
                return Found(path.stem)
        return NothingThere()

    def poll(self, provider_id: str, request: ImageRequest) -> Pending | Ready:
        self.count("poll")
        if "fails" in request.prompt:
            raise ProviderError("provider:call:failed", "The model broke.")
        if "shaky" in request.prompt and self.counted("poll") < 4:
            raise ProviderError("provider:call:busy", transient=True)
        if "slow" in request.prompt:
            return Pending(0.5)
        return Ready(cost_usd=0.04)

    def fetch(self, provider_id: str, request: ImageRequest, target: Path, tick: Tick) -> None:
        self.count("fetch")
        if "gone" in request.prompt and self.counted("fetch") < 2:
            raise ProviderError("provider:answer:bad", "It was deleted.")
        tick(0.5)
        Image.new("RGB", (64, 64), "teal").save(target, "PNG")

    def cancel(self, provider_id: str) -> bool:
        self.count("cancel")
        return True

    def orders(self) -> list[Path]:
        return sorted((self.folder / "orders").glob("*.json"))

    def count(self, what: str) -> None:
        with (self.folder / "calls.log").open("a") as file:
            file.write(f"{what} {os.getpid()}\n")

    def counted(self, what: str) -> int:
        log = self.folder / "calls.log"
        return Counter(line.split()[0] for line in log.read_text().splitlines())[what] if log.exists() else 0


class BuyPicture:
    """The pipeline of a job that buys one picture from the fake provider."""

    def step(self, claim: Claim) -> Outcome:
        return self._purchase(claim).step()

    def wind_up(self, claim: Claim) -> Outcome | None:
        return self._purchase(claim).wind_up()

    @staticmethod
    def _purchase(claim: Claim) -> Purchase[ImageRequest]:
        params = claim.job.params
        request = ImageRequest(
            prompt=params["prompt"], description="", aspect_ratio="1:1", seed=1, output_format="png", model="fake-1"
        )

        def ingest(path: Path) -> Done:
            kept = character_create_from_file(
                id=uuid.UUID(params["image_id"]), owner=claim.job.owner, path=path, description=params["prompt"]
            )
            return Done(lambda: {"id": str(kept.pk), "path": kept.key})

        return Purchase(claim, FakeProvider(), request, "hash", ".png", ingest)


def picture_key(image_id: str) -> str:
    return character_key(uuid.UUID(image_id), "png")
