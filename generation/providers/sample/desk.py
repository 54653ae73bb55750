"""The counter every sample maker shares: ids that can be found again, latency, failure and refusal on demand."""

import time
from datetime import datetime

from django.conf import settings

from generation.ports import Found, Pending, Ready
from mvsite.common.errors import ProviderError

PROVIDER = "sample"


def ticket(tag: str, *, at: float | None = None) -> str:
    """Give the id of a purchase: the tag, and the moment of sending when a latency is set."""
    if not settings.MV_SAMPLE_LATENCY_SECONDS:
        return f"sample-{tag}"
    return f"sample-{tag}@{round((time.time() if at is None else at) * 1000)}"


def found_again(tag: str, sent_after: datetime) -> Found:
    """Nothing is bought here, so whatever was asked for is there, under the same id."""
    return Found(ticket(tag, at=sent_after.timestamp()))


def state(provider_id: str, *, kind: str, text: str) -> Pending | Ready:
    """Say whether the latency has passed, and fail or refuse when the settings ask for it.

    Raises ProviderError: `provider:call:refused`, `provider:call:failed`.
    """
    latency = settings.MV_SAMPLE_LATENCY_SECONDS
    _, _, sent = provider_id.partition("@")
    if latency and sent.isdigit():
        passed = time.time() - int(sent) / 1000
        if passed < latency:
            return Pending(progress=max(0.0, passed / latency))
    object_to(kind=kind, text=text)
    return Ready(cost_usd=0.0)


def object_to(*, kind: str, text: str) -> None:
    """Refuse or fail when `MV_SAMPLE_REFUSE` or `MV_SAMPLE_FAIL` names a word of `text`.

    An entry is a word (any kind), `kind:word`, or `kind:*`; kinds are `scenes`, `image`, `clip` and `lipsync`.
    """
    refused = _hit(settings.MV_SAMPLE_REFUSE, kind, text)
    if refused:
        raise ProviderError("provider:call:refused", f'The sample provider was told to refuse "{refused}".')
    failed = _hit(settings.MV_SAMPLE_FAIL, kind, text)
    if failed:
        raise ProviderError("provider:call:failed", f'The sample provider was told to fail at "{failed}".')


def _hit(entries: list[str], kind: str, text: str) -> str:
    lower = text.lower()
    for entry in entries:
        scope, colon, word = entry.partition(":")
        if colon and scope != kind:
            continue
        wanted = (word if colon else scope).strip().lower()
        if wanted == "*" or (wanted and wanted in lower):
            return entry
    return ""
