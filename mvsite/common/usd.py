"""Amounts of money as answers tell them: USD with four decimals, as texts. Rows keep six."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Decimal

_PLACES = Decimal("0.0001")


def usd(amount: Decimal) -> str:
    """Tell what was spent, is held or allowed: rounded to the nearest."""
    return _told(amount, ROUND_HALF_EVEN)


def usd_at_most(amount: Decimal) -> str:
    """Tell an estimate: rounded up, so that who agrees to the amount told agrees to the price itself."""
    return _told(amount, ROUND_UP)


def usd_at_least(amount: Decimal) -> str:
    """Tell what is left: rounded down, so that what is told can be spent."""
    return _told(amount, ROUND_DOWN)


def _told(amount: Decimal, rounding: str) -> str:
    whole = Decimal(amount)  # a row that was just made still holds its default, a plain 0
    return f"{whole.quantize(_PLACES, rounding=rounding):f}"
