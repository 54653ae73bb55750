"""What one call of a model costs, from the catalogue: the base price or that of the first case that fits; by tokens."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from generation.ports import Tokens
from generation.providers.fitting import bent
from generation.providers.registry import model_facts

_USUAL_SECONDS = 8


def price_of(model: str, params: Mapping[str, Any]) -> Decimal:
    """Return USD for one call with these parameters, as the model makes them (`bends`, `always`).

    `duration` or `seconds` counts the seconds. What is not said costs the base price, which is the dearest one.
    """
    facts = model_facts(model)
    words = {**facts.get("always", {}), **bent(model, params)[0]}
    tariff = facts["price"]
    fitting = (case for case in tariff.get("cases", []) if _fits(case, words))
    usd = Decimal(str(next(fitting, tariff)["usd"]))
    if tariff["unit"] != "second":
        return usd
    return usd * Decimal(str(words.get("duration") or words.get("seconds") or _USUAL_SECONDS))


def price_of_tokens(model: str, tokens: Tokens) -> Decimal | None:
    """Return USD for these tokens, None for a model that is not priced by them."""
    tariff = model_facts(model)["price"]
    if "input_per_million" not in tariff:
        return None
    sent, written = Decimal(str(tariff["input_per_million"])), Decimal(str(tariff["output_per_million"]))
    return (tokens.sent * sent + tokens.written * written) / 1_000_000


def _fits(case: Mapping[str, Any], words: Mapping[str, Any]) -> bool:
    return all(name in words and words[name] == value for name, value in case.items() if name != "usd")
