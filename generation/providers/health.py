"""How a provider is doing, from the ledger: what became of the orders of the last minutes at the same account."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from generation.choices import CallOutcome
from generation.models import ProviderCall
from generation.providers.registry import catalogue, door

_LOOK_BACK = timedelta(minutes=5)
_MINUTE = timedelta(minutes=1)
_FAULTS_THAT_BREAK, _FAULTS_THAT_COUNT = 5, 2
_NEWEST = 500
# What says something about the account or the provider, and nothing about one request.
_SHUT = {"provider:call:auth", "provider:call:credit"}
_FAULTS = {*_SHUT, "provider:call:busy", "provider:call:failed", "provider:call:slow"}
# An abandoned order has a code when its answer was lost, and none when we ourselves died before it left.
_ANSWERED_BADLY = {CallOutcome.REFUSED, CallOutcome.ABANDONED}

Answered = tuple[datetime, str]
"""When an order was answered, and the code of the fault; empty when all was well."""


class Health(StrEnum):
    """OK; STRUGGLING: two faults in five minutes; DOWN: five in a minute or a shut account, for a minute."""

    OK = "ok"
    STRUGGLING = "struggling"
    DOWN = "down"


def health_of(model: str) -> Health:
    """Say how the account is doing on which a model is bought."""
    return healths().get(door(model), Health.OK)


def healths() -> dict[tuple[str, ...], Health]:
    """Say how every account is doing that was used in the last five minutes, by its `door`."""
    now = timezone.now()
    return {name: judged(answers, now) for name, answers in _answers(now).items()}


def _answers(now: datetime) -> dict[tuple[str, ...], list[Answered]]:
    """Read the newest orders by account, newest first."""
    models = catalogue()["models"]
    rows = (
        ProviderCall.objects.filter(sent_at__gte=now - _LOOK_BACK)
        .exclude(outcome=CallOutcome.PREPARED)
        .order_by("-sent_at")
        .values_list("model", "outcome", "error_code", "answered_at", "sent_at")[:_NEWEST]
    )
    found: dict[tuple[str, ...], list[Answered]] = {}
    for model, outcome, code, answered, sent in rows:
        if model in models:
            lost = "provider:call:failed" if outcome == CallOutcome.UNKNOWN else ""
            fault = code if outcome in _ANSWERED_BADLY else lost
            found.setdefault(door(model), []).append((answered or sent, fault if fault in _FAULTS else ""))
    return found


def judged(answers: Sequence[Answered], now: datetime) -> Health:
    """Judge the answers of the last five minutes, newest first; an order that went well ends a bad minute."""
    faults = [when for when, code in answers if code]
    bad = next((n for n, (_, code) in enumerate(answers) if not code), len(answers))  # faults since the last good one
    if bad and answers[0][1] in _SHUT and now - answers[0][0] <= _MINUTE:
        return Health.DOWN
    newest = faults[:_FAULTS_THAT_BREAK] if bad >= _FAULTS_THAT_BREAK else []
    if newest and now - newest[0] <= _MINUTE and newest[0] - newest[-1] <= _MINUTE:
        return Health.DOWN
    return Health.STRUGGLING if len(faults) >= _FAULTS_THAT_COUNT else Health.OK
