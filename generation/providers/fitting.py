"""What a model makes of a request, read from the catalogue alone: what it takes, leaves out, bends, and cannot make.

The makers ask here too, so what is told before the click is what is sent after it.
"""

from collections.abc import Mapping
from typing import Any

from generation.providers.registry import model_facts

REFERENCE = "character_reference_id"
# Which feature of the catalogue stands for a parameter of a request; a shape or a length is a matter of `limits`.
PARAMETERS: dict[str, dict[str, str]] = {
    "scenes": {"seed": "seed", "temperature": "temperature"},
    "image": {name: name for name in ("seed", "negative_prompt", "person_generation", "safety_filter_level")},
    "clip": {"negative_prompt": "negative_prompt", "generate_audio": "silent", "seed": "seed"},
    "lipsync": {},
}
_LISTED = ("aspect_ratio", "resolution", "duration", "output_format")
_RANGES = {"seconds": "seconds", "scenes": "number_of_scenes"}


def bent(model: str, words: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the words as the model makes them, and a sentence for each that had to be changed."""
    made, said = dict(words), []
    for bend in model_facts(model).get("bends", ()):
        if not all(_holds(made, name, value) for name, value in bend["when"].items()):
            continue
        for name, must in bend["to"].items():
            if name in made and made[name] != must:
                said.append(f"{name} is {must} instead of {made[name]}: {bend['because']}.")
                made[name] = must
    return made, tuple(said)


def not_sent(model: str, words: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the parameters that say something and that the model does not take."""
    facts = model_facts(model)
    told = {name for name, value in words.items() if value is not None and value != ""}
    named = [
        name
        for name, feature in PARAMETERS[facts["makes"]].items()
        if name in told and feature not in facts["features"]
    ]
    return tuple(named) if not _has_character(words) or shows_character(model) else (*named, REFERENCE)


def objection(model: str, words: Mapping[str, Any]) -> str:
    """Say which shape or length the model cannot make; empty when it can make them all."""
    limits = model_facts(model).get("limits", {})
    for name in _LISTED:
        allowed, wished = limits.get(name), words.get(name)
        if allowed and wished and _plain(wished) not in map(_plain, allowed):
            return f"{model} makes {name.replace('_', ' ')} {', '.join(map(str, allowed))}, not {wished}."
    for limit, name in _RANGES.items():
        wished = words.get(name)
        if limit in limits and wished is not None and not limits[limit][0] <= float(wished) <= limits[limit][1]:
            least, most = limits[limit]
            return f"{model} takes {least:g} to {most:g} {limit}, not {float(wished):g}."
    return ""


def losses(model: str, words: Mapping[str, Any], wishes: frozenset[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Name the wishes that come to nothing at this model, with a sentence for those nobody would guess."""
    made, _ = bent(model, words)
    features = model_facts(model)["features"]
    lost = {name for name in wishes if name in not_sent(model, words) or made.get(name) != words.get(name)}
    said = []
    if words.get("generate_audio") is False and "silent" not in features and "audio" in features:
        said.append("The clip has sound: this model cannot be silent.")
    if _has_character(words) and "reference_image" not in features:
        lost.add(REFERENCE)
        if shows_character(model):
            said.append("The picture is the clip's first frame: this model takes no reference.")
    return frozenset(lost), tuple(said)


def shows_character(model: str) -> bool:
    """Say whether a picture of a character can go along, as a reference or as the first frame."""
    return not {"reference_image", "first_frame"}.isdisjoint(model_facts(model)["features"])


def _has_character(words: Mapping[str, Any]) -> bool:
    return bool(words.get(REFERENCE))


def _holds(words: Mapping[str, Any], name: str, value: Any) -> bool:
    if name == "reference_image":
        return _has_character(words) is value
    return bool(words.get(name) in value if isinstance(value, list) else words.get(name) == value)


def _plain(value: Any) -> Any:
    return "jpeg" if value == "jpg" else value
