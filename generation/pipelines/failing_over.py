"""When a provider cannot take an order: the job goes to the next who may make it (decision 9).

Only an order that surely was not taken is handed on: the account is shut (key, credit, quota), the model is gone, or
the provider was down or over its limit more than a few times. Refused content, bad input and an order whose fate is
unknown never are. Who may step in was settled when the job was made, and stands in its parameters.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from generation.choices import CallOutcome, JobState
from generation.jobs import Claim
from generation.models import Job
from generation.pipelines.outcomes import Park
from generation.providers.health import Health, health_of
from generation.providers.registry import catalogue, door, lacks, retired
from mvsite.common.errors import ProviderError, UserError
from mvsite.logs import debug_event

_TRIES = 3
_GONE, _AUTH, _CREDIT = "provider:call:gone", "provider:call:auth", "provider:call:credit"


def leave_when_down(claim: Claim) -> Park | None:
    """Before an order: hand the job on at once when its provider is known to be down, so that no line waits for it."""
    if not claim.job.params.get("stand_ins") or health_of(claim.job.model) is not Health.DOWN:
        return None
    return step_in(claim, ProviderError("provider:call:failed", transient=True))


def step_in(claim: Claim, error: ProviderError, *, given_up: bool = False) -> Park | None:
    """Hand the job to the next who may make it; None when nobody may, or it is too early for that.

    `given_up` says that this one is not asked again in any case. Raises LeaseLost.
    """
    job = claim.job
    rest = list(job.params.get("stand_ins", ()))
    if not rest or not (given_up or _may_hand_on(job, error)):
        return None
    shut = [*job.params.get("shut_doors", ()), *_shut_by(job.model, error)]
    for place, other in _in_order(rest, error):
        if _name(other["model"]) in shut or lacks(other["model"]) or retired(other["model"]):
            continue
        try:
            _hand_over(claim, {**other, "stand_ins": rest[place + 1 :], "shut_doors": shut}, error)
        except UserError:  # its price does not fit into the budget; perhaps the next one's does
            continue
        return Park(0, "another provider takes over", JobState.WAITING)
    return None


def _may_hand_on(job: Job, error: ProviderError) -> bool:
    if error.code in (_GONE, _AUTH, _CREDIT):
        return True
    if not error.transient:
        return False
    refused = job.calls.filter(sent_at__gte=job.queued_at, model=job.model, outcome=CallOutcome.REFUSED)
    return refused.count() >= _TRIES or health_of(job.model) is Health.DOWN


def _in_order(rest: list[dict[str, Any]], error: ProviderError) -> list[tuple[int, dict[str, Any]]]:
    """Give those who are well first; one that is down itself is no help against another that is."""
    down = {each["model"] for each in rest if health_of(each["model"]) is Health.DOWN}
    well = [(place, each) for place, each in enumerate(rest) if each["model"] not in down]
    return well if error.transient else [*well, *((n, each) for n, each in enumerate(rest) if each["model"] in down)]


def _shut_by(model: str, error: ProviderError) -> list[str]:
    """Name the account that nobody else need try for this job: all but where only the model is gone or used up."""
    of_the_model = error.code == _CREDIT and catalogue()["providers"][door(model)[0]]["quota"] == "model"
    return [] if error.code == _GONE or of_the_model else [_name(model)]


def _name(model: str) -> str:
    return " ".join(door(model))


def _hand_over(claim: Claim, other: Mapping[str, Any], error: ProviderError) -> None:
    job = claim.job
    before = f"{job.model} ({job.provider})"
    own = set(job.params.get("own_warnings", ()))
    say = f"{before} could not take the order ({error.text.title}); {other['model']} ({other['provider']}) took over."
    params = {
        **job.params,
        **other["words"],
        "model": other["model"],
        "parameters_not_sent": other["parameters_not_sent"],
        "own_warnings": other["warnings"],
        "warnings": [*(each for each in job.params["warnings"] if each not in own), *other["warnings"], say],
        "stand_ins": other["stand_ins"],
        "shut_doors": other["shut_doors"],
    }
    claim.hand_over(provider=other["provider"], model=other["model"], params=params, estimate=Decimal(other["usd"]))
    debug_event(
        "provider_failed_over",
        before=before,
        provider=other["provider"],
        model=other["model"],
        cost_usd=float(other["usd"]),
        reason=error.code,
    )
