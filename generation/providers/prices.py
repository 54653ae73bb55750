"""What one call of a model costs, from the catalogue: the base price or that of the first case that fits; by tokens.

A price that is announced for a day (`later`) counts from that day on, in UTC.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from generation.ports import Tokens
from generation.providers.fitting import bent
from generation.providers.registry import model_facts

_USUAL_SECONDS = 8


def tariff_of(model: str, at: datetime | None = None) -> dict[str, Any]:
    """Give a model's price as the catalogue has it for that time, now without one; `later` is what is still to come."""
    day = day_of(at)
    tariff = dict(model_facts(model)["price"])
    changes = tariff.get("later", [])
    for change in changes:
        if change["from"] <= day:
            tariff.update(change)
    tariff.pop("from", None)
    return {**tariff, "later": [change for change in changes if change["from"] > day]}


def price_of(model: str, params: Mapping[str, Any], at: datetime | None = None) -> Decimal:
    """Return USD for one call with these parameters, as the model makes them (`bends`, `always`).

    `duration` or `seconds` counts the seconds. What is not said costs the base price, which is the dearest one.
    `at` is when it was ordered; without it the price is that of an order made now.
    """
    facts = model_facts(model)
    words = {**facts.get("always", {}), **bent(model, params)[0]}
    tariff = tariff_of(model, at)
    fitting = (case for case in tariff.get("cases", []) if _fits(case, words))
    usd = Decimal(str(next(fitting, tariff)["usd"]))
    if tariff["unit"] != "second":
        return usd
    return usd * Decimal(str(words.get("duration") or words.get("seconds") or _USUAL_SECONDS))


def price_of_tokens(model: str, tokens: Tokens, at: datetime | None = None) -> Decimal | None:
    """Return USD for these tokens of a call sent `at` that time (now), None for a model that is not priced by them."""
    tariff = tariff_of(model, at)
    if "input_per_million" not in tariff:
        return None
    sent, written = Decimal(str(tariff["input_per_million"])), Decimal(str(tariff["output_per_million"]))
    return (tokens.sent * sent + tokens.written * written) / 1_000_000


def day_of(at: datetime | None) -> date:
    """Give the day in UTC whose prices count for an order of that time; today's without one."""
    return (timezone.now() if at is None else at.astimezone(UTC)).date()


def _fits(case: Mapping[str, Any], words: Mapping[str, Any]) -> bool:
    return all(name in words and words[name] == value for name, value in case.items() if name != "usd")
