"""Filling prompts in: what people type arrives as it is, whatever braces it holds, and can ask for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flavors.templates import fill, problems_in

BRACES = st.text(alphabet="{}ab_0 \n%$\\").map(lambda text: text + "{style}{idea}{{")
ANY = st.one_of(st.text(), BRACES)


@given(idea=ANY, character=ANY, style=ANY)
def test_what_is_put_in_arrives_as_it_is(idea: str, character: str, style: str) -> None:
    filled = fill(
        "<{idea}|{character_description}|{style}>",
        {"idea": idea, "character_description": character, "style": style, "secret": "never"},
    )

    assert filled == f"<{idea}|{character}|{style}>"


@given(literal=st.text())
def test_doubled_braces_give_any_text_back(literal: str) -> None:
    template = literal.replace("{", "{{").replace("}", "}}")

    assert problems_in(template, ()) == []
    assert fill(template, {}) == literal


@given(template=st.text(alphabet="{}ab_ \n"))
def test_a_template_without_problems_can_always_be_filled(template: str) -> None:
    if not problems_in(template, ("a", "b", "ab")):
        fill(template, dict.fromkeys(("a", "b", "ab"), "x"))


@pytest.mark.parametrize(
    ("value", "text"), [(True, "yes"), (False, "no"), (3, "3"), (0.5, "0.5"), (["red", 2, True], "red, 2, yes")]
)
def test_values_are_written_as_a_prompt_reads_them(value: object, text: str) -> None:
    assert fill("{v}", {"v": value}) == text
