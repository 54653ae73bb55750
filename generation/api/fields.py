"""Building blocks of request serializers: strict about what they do not know, clear about what is wrong."""

import math
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mvsite.common.bodies import readable
from mvsite.common.text import keepable

LONGEST_TEXT = 20_000
BIGGEST_SEED = 2**32 - 1


@extend_schema_field(serializers.CharField)
class LooseIdField(serializers.Field[str, Any, str, Any]):
    """An id that may be malformed: that is a warning later, never an error (SPEC)."""

    def to_internal_value(self, data: Any) -> str:
        """Take anything as a short text that can be kept."""
        return readable(keepable(str(data)))

    def to_representation(self, value: str) -> str:
        """Give the text."""
        return value


@extend_schema_field({"type": "string", "deprecated": True})
class DeprecatedText(serializers.CharField):
    """A text that is still taken, and marked as deprecated on the OpenAPI page."""


class Number(serializers.FloatField):
    """A finite decimal number."""

    def to_internal_value(self, data: Any) -> float:
        """Refuse "nan" and "inf", which compare as neither too small nor too large."""
        value = super().to_internal_value(data)
        if isinstance(data, bool) or not math.isfinite(value):
            self.fail("invalid")
        return value


def words(*, needed: bool = False, longest: int = LONGEST_TEXT, blank: bool = True) -> serializers.CharField:
    """Build a field for text; a needed one must hold more than spaces."""
    if needed:
        return serializers.CharField(max_length=longest)
    return serializers.CharField(max_length=longest, required=False, allow_null=True, allow_blank=blank)


def whole(low: int, high: int, **more: Any) -> serializers.IntegerField:
    """Build an optional field for a whole number from `low` to `high`."""
    return serializers.IntegerField(min_value=low, max_value=high, required=False, allow_null=True, **more)


def number(low: float, high: float) -> Number:
    """Build an optional field for a decimal number from `low` to `high`."""
    return Number(min_value=low, max_value=high, required=False, allow_null=True)


def choice(*values: str) -> serializers.ChoiceField:
    """Build an optional field that holds one of `values`."""
    return serializers.ChoiceField(choices=list(values), required=False, allow_null=True)


def choice_of(kind: type[models.TextChoices]) -> serializers.ChoiceField:
    """Build an optional field that holds one of a kind's values."""
    return serializers.ChoiceField(choices=kind.choices, required=False)


def yes_no() -> serializers.BooleanField:
    """Build an optional field for true or false."""
    return serializers.BooleanField(required=False, allow_null=True)


def an_id(*, needed: bool = False) -> serializers.UUIDField:
    """Build a field for an id."""
    return serializers.UUIDField() if needed else serializers.UUIDField(required=False, allow_null=True)


def loose_id() -> LooseIdField:
    """Build a field for an id that may be wrong without failing anything."""
    return LooseIdField(required=False, allow_null=True)


def usd() -> serializers.DecimalField:
    """Build an optional field for an amount in USD."""
    return serializers.DecimalField(max_digits=12, decimal_places=6, min_value=0, required=False, allow_null=True)


def seed() -> serializers.IntegerField:
    """Build an optional field for a seed."""
    return whole(0, BIGGEST_SEED)
