"""Every provider as the API tells it: what is configured, how it is doing, its models, prices and waiting times."""

from collections import defaultdict
from statistics import median
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from generation.choices import CallOutcome
from generation.models import ProviderCall
from generation.providers.health import Health, healths
from generation.providers.prices import tariff_of
from generation.providers.registry import MOCK, catalogue, door, lacks, offered, retired

_SAMPLE, _NEWEST = 20, 1000
_REMEMBER_SECONDS = 60
_WORST_FIRST = (Health.DOWN, Health.STRUGGLING, Health.OK)
Measured = dict[str, tuple[float, int]]
"""By model: the median of its last waiting times in seconds, and of how many."""


def overview() -> dict[str, Any]:
    """Give all providers with their models, and what each role means today. Names of settings, never their values."""
    measured, doing = _measured(), healths()
    models = catalogue()["models"]
    providers = [
        _provider(name, [_model(model, doing, measured) for model in models if models[model]["provider"] == name])
        for name in catalogue()["providers"]
        if name != MOCK or settings.MOCK_VID_GENS
    ]
    roles = {role: [choice.model for choice in offered(role)] for role in catalogue()["roles"]}
    return {"providers": providers, "roles": roles}


def _provider(name: str, models: list[dict[str, Any]]) -> dict[str, Any]:
    usable = [model for model in models if model["configured"]]
    known = {model["health"] for model in usable}
    return {
        "name": name,
        "configured": bool(usable),
        "missing_settings": sorted({setting for model in models for setting in model["missing_settings"]}),
        "health": next((each.value for each in _WORST_FIRST if each.value in known), Health.OK.value),
        "models": models,
    }


def _model(model: str, doing: dict[tuple[str, ...], Health], measured: Measured) -> dict[str, Any]:
    facts, price = catalogue()["models"][model], tariff_of(model)
    seconds, count = measured.get(model, (None, 0))
    return {
        "model": model,
        "makes": facts["makes"],
        "roles": [role for role, names in catalogue()["roles"].items() if model in names],
        "configured": not lacks(model),
        "missing_settings": list(lacks(model)),
        "health": doing.get(door(model), Health.OK).value,
        "features": facts["features"],
        "limits": facts["limits"],
        "bends": facts.get("bends", []),
        "price": {
            "unit": price["unit"],
            "usd": price["usd"],
            "cases": price.get("cases", []),
            "dated": _day(price.get("dated")),
            "later": [
                {"from": _day(each["from"]), "usd": each["usd"], "cases": each.get("cases", [])}
                for each in price["later"]
            ],
        },
        "typical_seconds": facts["typical_seconds"],
        "measured_seconds": seconds,
        "measured_calls": count,
        "retires": _day(facts["retires"]),
        "retired": retired(model),
        "successor": facts.get("successor"),
    }


def _measured() -> Measured:
    """Measure, once a minute, how long the newest calls took from the order until the result was there."""
    known: Measured | None = cache.get("measured-waits")
    if known is None:
        known = {model: (round(median(times), 1), len(times)) for model, times in _times().items()}
        cache.set("measured-waits", known, _REMEMBER_SECONDS)
    return known


def _times() -> dict[str, list[float]]:
    took = (CallOutcome.ACCEPTED, CallOutcome.RECONCILED)
    rows = (
        ProviderCall.objects.filter(outcome__in=took, error_code="", settled_at__gt=F("sent_at"))
        .order_by("-sent_at")
        .values_list("model", "sent_at", "settled_at")[:_NEWEST]
    )
    found: dict[str, list[float]] = defaultdict(list)
    for model, sent, settled in rows:
        if settled is not None and len(found[model]) < _SAMPLE:
            found[model].append((settled - sent).total_seconds())
    return found


def _day(value: Any) -> str | None:
    return None if value is None else str(value)
