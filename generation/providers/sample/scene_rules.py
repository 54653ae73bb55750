"""Plans a set of scenes so that the flavor's rules hold by construction, and mends the words where they must."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flavors.rules import Rule

SHOTS = ("wide", "medium", "close-up", "medium", "wide", "close-up", "medium")


@dataclass(frozen=True, slots=True)
class Slot:
    """What is fixed for one scene before it is written; depends on its place in the set, never on the seed."""

    shot: str
    audience: bool


def plan(rules: Sequence[Rule], count: int, *, concert: bool) -> list[Slot]:
    """Give a slot for every scene: shots follow each other like in an edit, an audience now and then at a concert."""
    shots = [SHOTS[index % len(SHOTS)] for index in range(count)]
    crowds = [concert and index % 3 == 0 for index in range(count)]
    for rule in rules:
        if rule.field == "shot":
            shots = _shots(rule, shots)
        if rule.field == "audience" and ("yes" in rule.wanted or rule.quantity == "varied"):
            crowds = _crowds(rule, crowds)
    return [Slot(shot, crowd) for shot, crowd in zip(shots, crowds, strict=True)]


def _shots(rule: Rule, shots: list[str]) -> list[str]:
    fit = [shot for shot in ("wide", "medium", "close-up") if contains(shot, rule.wanted)]
    other = [shot for shot in ("medium", "wide", "close-up") if shot not in fit]
    matching = [shot in fit for shot in shots]
    last = len(shots) - 1
    if rule.quantity == "every" and fit:
        return [shot if hit else fit[0] for shot, hit in zip(shots, matching, strict=True)]
    if rule.quantity == "none" and other:
        return [other[0] if hit else shot for shot, hit in zip(shots, matching, strict=True)]
    if rule.quantity == "some" and fit and not any(matching):
        return [*shots[:last], fit[0]]
    if rule.quantity == "not_all" and other and all(matching):
        return [*shots[:last], other[0]]
    if rule.quantity == "varied" and len(set(shots)) == 1 and last:
        return [*shots[:last], "wide" if shots[0] != "wide" else "close-up"]
    return shots


def _crowds(rule: Rule, crowds: list[bool]) -> list[bool]:
    if rule.quantity in {"every", "none"}:
        return [rule.quantity == "every"] * len(crowds)
    if rule.quantity == "some" and not any(crowds):
        return [True, *crowds[1:]]
    if rule.quantity == "not_all" and all(crowds):
        return [*crowds[:-1], False]
    if rule.quantity == "varied" and len(set(crowds)) == 1:
        return [not crowds[0], *crowds[1:]]
    return crowds


def contains(text: str, wanted: Sequence[str]) -> bool:
    """Say whether one of the words stands in the text, in any case."""
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in wanted)


def mend(text: str, field: str, rules: Sequence[Rule], *, index: int, count: int) -> str:
    """Make one scene's `field` obey: take forbidden words out, put required ones in."""
    for rule in rules:
        if rule.field == field and rule.wanted:
            text = _mended(text, rule, rule.wanted, index=index, count=count)
    return _tidy(text)


def mend_beside(description: str, slot: Slot, place: str, rules: Sequence[Rule], *, index: int, count: int) -> str:
    """Make a description obey the rules that ask for words, or for none of them, beside a shot, place or audience."""
    beside = {"shot": slot.shot, "place": place, "audience": "yes" if slot.audience else "no"}
    for rule in rules:
        value = beside.get(rule.field)
        if value is not None and rule.with_words and contains(value, rule.wanted):
            everywhere = rule if rule.quantity != "some" else replace(rule, quantity="every")
            description = _mended(description, everywhere, rule.with_words, index=index, count=count)
    return _tidy(description)


def _mended(text: str, rule: Rule, wanted: Sequence[str], *, index: int, count: int) -> str:
    if rule.quantity == "none" or (rule.quantity == "not_all" and index == count - 1):
        for word in wanted:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)\s?", "", text, flags=re.IGNORECASE)
        return text
    needed = rule.quantity == "every" or (rule.quantity == "some" and index == 0)
    return _with(text, wanted[0], rule) if needed and not contains(text, wanted) else text


def _with(text: str, word: str, rule: Rule) -> str:
    if rule.field in {"place", "negative_description"} and not rule.with_words:
        return f"{text}, {word}" if text else word
    article = "" if word.startswith(("the ", "a ", "an ")) else "the "
    return f"{text.rstrip('. ')}. Clearly seen: {article}{word}."


def _tidy(text: str) -> str:
    return re.sub(r"\s+([,.;])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()
