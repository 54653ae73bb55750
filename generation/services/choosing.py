"""Choosing who makes something and what it will cost, and asking back when that is much."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from generation import money
from generation.providers.registry import model_facts
from mvsite.common.errors import ProviderError, UserError


def confirm_price(*, estimate: Decimal, confirmed: Decimal | None) -> None:
    """Pass when the estimate is below the threshold or was confirmed; else raise user:cost:confirm with it."""
    if estimate == 0 or estimate < settings.MV_CONFIRM_ABOVE_USD:
        return
    if confirmed is None or confirmed < estimate:
        raise UserError(
            "user:cost:confirm",
            f"This costs about ${estimate:.2f}.",
            extra={"estimated_cost_usd": f"{estimate:.4f}"},
        )


def agreed_price(model: str, words: Mapping[str, Any], confirmed: Decimal | None, *, times: int = 1) -> Decimal:
    """Return what `times` calls of a model will cost in USD, once the shape is one it makes and the price is agreed.

    Raises provider:feature:missing, user:cost:confirm.
    """
    check_shape(model, words)
    estimate = money.price(model, words) * times
    confirm_price(estimate=estimate, confirmed=confirmed)
    return estimate


def check_shape(model: str, words: Mapping[str, Any]) -> None:
    """Refuse, before anything is bought, a shape that the model cannot make. Raises provider:feature:missing."""
    limits = model_facts(model).get("limits", {})
    for name in ("aspect_ratio", "resolution", "output_format"):
        allowed, wished = limits.get(name), words.get(name)
        if allowed and wished and _plain(wished) not in map(_plain, allowed):
            sentence = f"{model} makes {name.replace('_', ' ')} {', '.join(allowed)}, not {wished}."
            raise ProviderError("provider:feature:missing", sentence)


def _plain(value: str) -> str:
    return "jpeg" if value == "jpg" else value
