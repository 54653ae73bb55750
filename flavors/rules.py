"""Rules a set of scenes must meet: data in a flavor, told to the model and checked on its answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Field = Literal["shot", "place", "audience", "description", "negative_description"]
Quantity = Literal["some", "not_all", "every", "none", "varied"]
# One scene cannot differ from itself, nor be some but not all of the scenes.
_AT_LEAST: dict[Quantity, int] = {"varied": 2, "not_all": 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: of the scenes whose `field` matches `wanted` there are `some`, `not_all`, `every` or `none`.

    `wanted` is a list of words of which one must be in the field (whole words, any case); for `audience` it is
    `("yes",)`. With `with_words` a scene matches only when its description holds one of these as well.
    `varied` wants at least two different values of the field. A rule is skipped, and that is said, for fewer
    than `needs_scenes` scenes. `say` is the sentence that the model reads.
    """

    id: str
    say: str
    field: Field
    quantity: Quantity
    wanted: tuple[str, ...] = ()
    needs_scenes: int = 1
    with_words: tuple[str, ...] = ()


class SceneLike(Protocol):
    """What a rule reads of a scene."""

    @property
    def shot(self) -> str:
        """Shot size: wide, medium or close-up."""
        ...

    @property
    def place(self) -> str:
        """Where it plays."""
        ...

    @property
    def audience(self) -> bool:
        """Whether an audience is seen."""
        ...

    @property
    def description(self) -> str:
        """What is seen."""
        ...

    @property
    def negative_description(self) -> str:
        """What must not be seen."""
        ...


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is not met, the scenes to blame (from 0; empty when it is the whole set), and a sentence."""

    rule: Rule
    scenes: tuple[int, ...]
    say: str


def applicable(rules: Sequence[Rule], count: int) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Part the rules into those that can hold for `count` scenes and those that are skipped."""
    kept = tuple(rule for rule in rules if count >= _least(rule))
    return kept, tuple(rule for rule in rules if count < _least(rule))


def check(rules: Sequence[Rule], scenes: Sequence[SceneLike]) -> tuple[Violation, ...]:
    """Return what is wrong with a whole set of scenes; rules that cannot hold for their number are left out."""
    kept, _skipped = applicable(rules, len(scenes))
    return tuple(found for rule in kept if (found := _broken(rule, scenes)) is not None)


def told(rules: Sequence[Rule]) -> str:
    """Write the rules as the model reads them: one line each, empty when there are none."""
    return "\n".join(f"- {rule.say}" for rule in rules)


def _least(rule: Rule) -> int:
    return max(rule.needs_scenes, _AT_LEAST.get(rule.quantity, 1))


def _broken(rule: Rule, scenes: Sequence[SceneLike]) -> Violation | None:
    if rule.quantity == "varied":
        values = {_value(rule, scene).strip().casefold() for scene in scenes}
        return None if len(values) > 1 else Violation(rule, (), f"{rule.say} All scenes have the same {rule.field}.")
    hits = tuple(index for index, scene in enumerate(scenes) if _matches(rule, scene))
    misses = tuple(index for index in range(len(scenes)) if index not in hits)
    if rule.quantity == "some":
        return None if hits else Violation(rule, (), f"{rule.say} No scene does.")
    if rule.quantity == "not_all":
        return None if misses else Violation(rule, (), f"{rule.say} Every scene does.")
    blamed = misses if rule.quantity == "every" else hits
    return Violation(rule, blamed, f"{rule.say} Not so: {_numbers(blamed)}.") if blamed else None


def _matches(rule: Rule, scene: SceneLike) -> bool:
    return _holds(_value(rule, scene), rule.wanted) and (
        not rule.with_words or _holds(scene.description, rule.with_words)
    )


def _value(rule: Rule, scene: SceneLike) -> str:
    value: str | bool = getattr(scene, rule.field)
    return value if isinstance(value, str) else ("yes" if value else "no")


def _holds(text: str, words: Sequence[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)


def _numbers(indexes: Sequence[int]) -> str:
    """Name scenes as people count them, from 1."""
    names = ", ".join(str(index + 1) for index in indexes)
    return f"scene {names}" if len(indexes) == 1 else f"scenes {names}"
