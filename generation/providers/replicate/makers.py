"""The makers on Replicate: a portrait, a clip, a lip-sync, each one prediction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import httpx
from django.conf import settings

from generation.choices import Queue
from generation.ports import (
    Candidates,
    CannotSay,
    ClipRequest,
    ImageRequest,
    LipSyncRequest,
    NothingThere,
    Pending,
    Ready,
    Sent,
    Tick,
)
from generation.providers.prices import price_of
from generation.providers.registry import model_facts, output_hosts
from generation.providers.replicate import errors, inputs, predictions, webhooks
from mvsite.common.errors import ProviderError
from mvsite.common.fetch import FetchRules, OutputRefused, fetch_output

R = TypeVar("R")
PROVIDER = "replicate"
PICTURE = FetchRules(max_bytes=60_000_000, kinds=("image/",), total_seconds=120.0, idle_seconds=20.0)
FILM = FetchRules(max_bytes=500_000_000, kinds=("video/",), total_seconds=600.0, idle_seconds=20.0)


@dataclass(slots=True)
class ReplicateMaker(Generic[R]):
    """`Maker[R]`: `prepare` turns the request into the model's inputs, `rules` bound the file that comes back."""

    prepare: Callable[[R], inputs.Prepared]
    rules: FetchRules
    provider: str = PROVIDER
    ingest_queue: str = Queue.DEFAULT.value

    def describe(self, request: R) -> Sent:
        """Say what is sent."""
        return self.prepare(request).described()

    def submit(self, request: R, tag: str) -> str:
        """Make the prediction. Replicate takes no tag; a lost answer is found again by what was ordered."""
        order = self.prepare(request)
        try:
            return predictions.create(order, webhooks.address(tag))
        except ProviderError as error:
            successor = model_facts(order.model).get("successor")
            if error.code != "provider:call:gone" or not successor:
                raise
            raise ProviderError(error.code, f'Replicate has no "{order.model}" any more; try "{successor}".') from None

    def look_up(self, request: R, tag: str, sent_after: datetime) -> Candidates | NothingThere | CannotSay:
        """List what was made since then, of the same model and input."""
        try:
            found = predictions.matching(self.prepare(request), sent_after)
        except (httpx.HTTPError, ProviderError, ValueError, KeyError, TypeError, AttributeError):
            return CannotSay()  # not now, or not in this form; asked again until the hour is over
        return Candidates(found) if found else NothingThere()

    def poll(self, provider_id: str, request: R) -> Pending | Ready:
        """Ask how far it is. Raises ProviderError, and Interrupted when it may be ordered once more."""
        prediction = predictions.read(provider_id)
        status = prediction["status"]
        if status == "failed":
            raise errors.of_failed_run(str(prediction.get("error") or "The model failed and did not say why."))
        if status in ("canceled", "aborted"):
            raise errors.of_ended_run(status)
        if status != "succeeded":
            return Pending()
        _output(prediction)
        order = self.prepare(request)
        return Ready(cost_usd=float(price_of(order.model, order.priced, predictions.made_at(prediction))))

    def fetch(self, provider_id: str, request: R, target: Path, tick: Tick) -> None:
        """Stream the output, without the token, from the hosts of the catalogue only."""
        address = _output(predictions.read(provider_id))
        target.unlink(missing_ok=True)
        try:
            fetch_output(
                address,
                target=target,
                rules=self.rules,
                hosts=output_hosts(PROVIDER),
                trusted=tuple(settings.MV_PROVIDER_ALLOW_HOSTS),
                tick=tick,
            )
        except OutputRefused as refused:
            text = f"The finished file cannot be had ({refused})."
            raise ProviderError("provider:answer:bad", text, transient=refused.may_pass) from None

    def cancel(self, provider_id: str) -> bool:
        """Stop it; True when nothing will come. A wish that does not get through is for `poll` to find out."""
        try:
            return predictions.stop(provider_id)
        except ProviderError:
            return False


def _output(prediction: dict[str, Any]) -> str:
    """Give the address of the file: models answer with one, or with a list of one."""
    if prediction.get("data_removed"):
        raise ProviderError("provider:answer:bad", "Replicate has deleted the result already.", billed=True)
    output = prediction.get("output")
    address = output[0] if isinstance(output, list) and output else output
    if not isinstance(address, str) or not address:
        raise ProviderError("provider:answer:bad", "Replicate says it is done, and gives no file.")
    return address


def portraits() -> ReplicateMaker[ImageRequest]:
    """Give who makes portraits."""
    return ReplicateMaker(inputs.portrait, PICTURE)


def clips() -> ReplicateMaker[ClipRequest]:
    """Give who makes clips."""
    return ReplicateMaker(inputs.clip, FILM)


def lipsyncs() -> ReplicateMaker[LipSyncRequest]:
    """Give who moves mouths."""
    return ReplicateMaker(inputs.lipsync, FILM)
