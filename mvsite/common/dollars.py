"""Amounts of money for people's eyes, `$1.60`, as the pages write them. Answers of the API have `usd`'s four places."""

from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal

_CENT = Decimal("0.01")


def dollars(amount: Decimal | int) -> str:
    """Write what was spent, is held or allowed, USD: rounded to the nearest cent."""
    return f"${Decimal(amount).quantize(_CENT, rounding=ROUND_HALF_EVEN):f}"


def dollars_at_most(amount: Decimal | int) -> str:
    """Write an estimate, USD: rounded up, so that who agrees to what is told agrees to the price itself."""
    return f"${Decimal(amount).quantize(_CENT, rounding=ROUND_UP):f}"
