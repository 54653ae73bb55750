"""Reads what Gemini wrote: nothing bad raises by itself, so every answer is looked over before it is believed."""

import json
from typing import Any

from generation.ports import SceneDraft
from generation.providers.gemini.asking import SHOTS
from generation.providers.gemini.errors import refused

_REFUSALS = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"}
_LONGEST = 6000


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


def scenes_so_far(text: str) -> int:
    """Count the scenes in a piece of an answer that is still being written; the last one may be unfinished."""
    return max(0, text.count('"description"') - 1)


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
    if not isinstance(value, str) or not value.strip():
        raise UnusableError(f'Scene {number}: "{name}" is missing or empty.')
    if len(value) > _LONGEST:
        raise UnusableError(f'Scene {number}: "{name}" is too long.')
    return value.strip()
