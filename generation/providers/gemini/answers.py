"""Reads what Gemini wrote: nothing bad raises by itself, so every answer is looked over before it is believed."""

import json
from typing import Any

from generation.ports import SceneDraft
from generation.providers.gemini.asking import SHOTS
from generation.providers.gemini.errors import refused
from mvsite.common.text import keepable

_REFUSALS = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"}
_LONGEST = 6000
_DEPTH_OF_A_SCENE = 3
"""In the object, in its list."""


class UnusableError(Exception):
    """The answer cannot be used; the text tells the model what was wrong."""


def must_not_be_stopped(block_reason: str, finish_reason: str) -> None:
    """Look at why the model stopped. Raises ProviderError for a refusal, UnusableError for a cut or broken answer."""
    if block_reason:
        raise refused(f"the prompt was blocked ({block_reason})")
    if finish_reason in _REFUSALS:
        raise refused(f"it stopped writing ({finish_reason})")
    if finish_reason == "MAX_TOKENS":
        raise UnusableError("It was cut off because it was too long. Write shorter descriptions.")
    if finish_reason != "STOP":
        raise UnusableError(f"It ended before it was finished ({finish_reason or 'no reason given'}).")


def scenes_in(text: str, count: int) -> tuple[SceneDraft, ...]:
    """Read `count` scenes from the answer's JSON. Raises UnusableError that says what is wrong and where."""
    if not text.strip():
        raise UnusableError("It was empty.")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UnusableError(f"It was not valid JSON ({error}).") from None
    listed = found.get("scenes") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise UnusableError('It was not an object with a list named "scenes".')
    if len(listed) != count:
        raise UnusableError(f"It held {len(listed)} scenes; exactly {count} are wanted.")
    return tuple(_scene(each, number) for number, each in enumerate(listed, start=1))


class Arriving:
    """Picks whole scenes out of an answer that is still being written, at most `count`.

    Every character is looked at once, however small the pieces are. From the first scene on that cannot be read nothing
    more is given: the numbers of those behind it would be guesses, and the answer is of no use.
    """

    def __init__(self, count: int) -> None:
        self.number = 0
        self._count = count
        self._depth = 0
        self._in_text = self._escaped = False
        self._begun: list[str] = []

    def take_in(self, piece: str) -> list[SceneDraft]:
        """Take in the next piece and return the scenes that it completes."""
        new: list[SceneDraft] = []
        for text in self._closed_by(piece):
            if self.number == self._count:
                break
            try:
                new.append(_scene(json.loads(text), self.number + 1))
            except (ValueError, UnusableError):
                self._count = self.number
                break
            self.number += 1
        return new

    def _closed_by(self, piece: str) -> list[str]:
        """Give the JSON of what ends in this piece at the depth of a scene, and keep what is still open."""
        closed = []
        begin = 0
        for at, sign in enumerate(piece):
            if self._escaped:
                self._escaped = False
            elif self._in_text:
                self._escaped = sign == "\\"
                self._in_text = sign != '"'
            elif sign == '"':
                self._in_text = True
            elif sign in "{[":
                self._depth += 1
                begin = at if self._depth == _DEPTH_OF_A_SCENE else begin
            elif sign in "}]":
                if self._depth == _DEPTH_OF_A_SCENE:
                    closed.append("".join((*self._begun, piece[begin : at + 1])))
                    self._begun.clear()
                self._depth -= 1
        if self._depth >= _DEPTH_OF_A_SCENE:
            self._begun.append(piece[begin:])
        return closed


def _scene(found: Any, number: int) -> SceneDraft:
    if not isinstance(found, dict):
        raise UnusableError(f"Scene {number} was not an object.")
    audience = found.get("audience")
    if not isinstance(audience, bool):
        raise UnusableError(f'Scene {number}: "audience" must be true or false.')
    shot = _text(found, "shot", number).lower().replace(" ", "-").replace("closeup", "close-up")
    if shot not in SHOTS:
        raise UnusableError(f'Scene {number}: "shot" must be one of {", ".join(SHOTS)}.')
    return SceneDraft(
        description=_text(found, "description", number),
        negative_description=_text(found, "negative_description", number),
        shot=shot,
        place=_text(found, "place", number),
        audience=audience,
    )


def _text(found: dict[str, Any], name: str, number: int) -> str:
    value = found.get(name)
    text = keepable(value).strip() if isinstance(value, str) else ""
    if not text:
        raise UnusableError(f'Scene {number}: "{name}" is missing or empty.')
    if len(text) > _LONGEST:
        raise UnusableError(f'Scene {number}: "{name}" is too long.')
    return text
