"""Bodies of requests: strict about members that nobody knows."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


class RequestSerializer(serializers.Serializer[Any]):
    """A request body. Members it does not know are refused by name: a typo must not silently change the result.

    `null` means "not given" wherever a member is optional; `given()` leaves those out.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Check the members' names, then their values."""
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields and not self.takes(str(name))]
            if unknown:
                raise ValidationError({readable(str(name)): [_unknown()] for name in unknown})
        return super().to_internal_value(data)

    def takes(self, name: str) -> bool:
        """Say whether a member that is no field is welcome all the same."""
        return False

    @property
    def given(self) -> dict[str, Any]:
        """What was really given: validated, without the members that are null."""
        return {name: value for name, value in self.validated_data.items() if value is not None}


def readable(text: str, *, longest: int = 80) -> str:
    """Make a text fit for an answer: short, and without half characters that UTF-8 cannot hold."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8")


def _unknown() -> ErrorDetail:
    return ErrorDetail("There is no such member.", code="unknown")
