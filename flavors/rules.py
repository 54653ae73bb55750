"""Rules a set of scenes must meet: data in a flavor, told to the model and checked on its answer."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["shot", "place", "audience", "description", "negative_description"]
Quantity = Literal["some", "not_all", "every", "none", "varied"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: of the scenes whose `field` matches `wanted` there are `some`, `not_all`, `every` or `none`.

    `wanted` is a list of words of which one must be in the field (any case); for `audience` it is `("yes",)`.
    `varied` wants at least two different values of the field. A rule is skipped, and that is said, for fewer
    than `needs_scenes` scenes. `say` is the sentence that the model reads.
    """

    id: str
    say: str
    field: Field
    quantity: Quantity
    wanted: tuple[str, ...] = ()
    needs_scenes: int = 1
