"""Rules on a set of scenes: met, broken, skipped."""

from dataclasses import dataclass

import pytest

from flavors.rules import Field, Quantity, Rule, applicable, check, told


@dataclass(frozen=True)
class Scene:
    shot: str = "wide"
    place: str = "stadium"
    audience: bool = False
    description: str = "The singer sings."
    negative_description: str = "text"


def rule(quantity: Quantity, field: Field = "shot", wanted: tuple[str, ...] = ("wide",), **more: object) -> Rule:
    return Rule("r", "Say.", field, quantity, wanted, **more)  # type: ignore[arg-type]  # more holds what a test names


W, M, C = Scene(shot="wide"), Scene(shot="medium"), Scene(shot="Close-Up", description="Her face, lit.")


@pytest.mark.parametrize(
    ("quantity", "scenes", "blamed"),
    [
        ("some", [M, W], None),
        ("some", [M, M], ()),
        ("not_all", [W, M], None),
        ("not_all", [W, W], ()),
        ("every", [W, W], None),
        ("every", [W, M, W, M], (1, 3)),
        ("none", [M, M], None),
        ("none", [M, W, M], (1,)),
    ],
)
def test_quantity_decides(quantity: Quantity, scenes: list[Scene], blamed: tuple[int, ...] | None) -> None:
    found = check([rule(quantity)], scenes)

    assert [violation.scenes for violation in found] == ([] if blamed is None else [blamed])
    assert all(violation.say.startswith("Say.") for violation in found)


def test_scenes_to_blame_are_counted_from_one() -> None:
    assert check([rule("every")], [W, M, M])[0].say == "Say. Not so: scenes 2, 3."
    assert check([rule("none")], [M, W])[0].say == "Say. Not so: scene 2."


def test_varied_wants_two_values() -> None:
    varied = Rule("v", "Vary.", "shot", "varied")

    assert check([varied], [W, W])[0].say == "Vary. All scenes have the same shot."
    assert check([varied], [W, M]) == ()


def test_words_are_whole_and_of_any_case() -> None:
    studio = rule("none", "description", ("studio",))

    assert check([studio], [Scene(description="A STUDIO wall")])
    assert check([studio], [Scene(description="studious pupils")]) == ()
    assert check([rule("some", "shot", ("close-up",))], [C]) == ()


def test_audience_is_yes_or_no() -> None:
    seen = rule("some", "audience", ("yes",))

    assert check([seen], [Scene(audience=True), Scene()]) == ()
    assert check([seen], [Scene(), Scene()])


def test_with_words_wants_both_in_one_scene() -> None:
    face = rule("some", "shot", ("close-up",), with_words=("face",))
    hands = Scene(shot="close-up", description="Hands on the strings.")

    assert check([face], [W, C]) == ()
    assert check([face], [hands, Scene(description="A face in the crowd.")])


def test_rules_that_cannot_hold_are_skipped() -> None:
    three, not_all, varied, some = rule("some", needs_scenes=3), rule("not_all"), rule("varied"), rule("some")

    assert applicable([three, not_all, varied, some], 1) == ((some,), (three, not_all, varied))
    assert applicable([three, not_all, varied, some], 2) == ((not_all, varied, some), (three,))
    assert check([three, not_all, varied], [W]) == ()


def test_rules_are_told_in_their_own_words() -> None:
    assert told([rule("some"), rule("none")]) == "- Say.\n- Say."
