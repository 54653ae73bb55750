"""Parameters that a call gives: known by name, of the same kind, within limits."""

import math
from typing import Any

import pytest

from flavors.parameters import parameter_problems

KNOWN: dict[str, Any] = {"style": "film", "number_of_scenes": 6, "temperature": 0.9, "lit": True, "palette": ["red"]}


def test_values_of_the_same_kind_are_taken() -> None:
    given = {"style": "{idea}", "number_of_scenes": 60, "temperature": 1, "lit": False, "palette": ["blue", 3]}

    assert parameter_problems(KNOWN, given) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mood", "calm"),
        ("style", 3),
        ("style", None),
        ("style", "x" * 2001),
        ("style", "a\0b"),
        ("style", "a\ud800b"),
        ("number_of_scenes", 61),
        ("number_of_scenes", "6"),
        ("number_of_scenes", 6.5),
        ("number_of_scenes", True),
        ("temperature", 2.1),
        ("temperature", math.nan),
        ("lit", "yes"),
        ("palette", "red"),
        ("palette", [{}]),
        ("palette", ["red"] * 41),
    ],
)
def test_value_of_another_kind_is_named(name: str, value: object) -> None:
    assert list(parameter_problems(KNOWN, {"style": "fine", name: value})) == [name]
