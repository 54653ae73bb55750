"""Choosing who makes something and what it will cost, and asking back when that is much."""

from decimal import Decimal

from django.conf import settings

from mvsite.common.errors import UserError


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
