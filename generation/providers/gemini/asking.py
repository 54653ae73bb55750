"""The shape that Gemini's answer must have when it writes scenes."""

from typing import Any

from generation.ports import SceneRequest
from generation.providers.scene_prompt import wanted

SHOTS = ("wide", "medium", "close-up")


def schema(request: SceneRequest) -> dict[str, Any]:
    """Give the JSON Schema of the answer."""
    scene = {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "negative_description": {"type": "string"},
            "shot": {"type": "string", "enum": list(SHOTS)},
            "place": {"type": "string"},
            "audience": {"type": "boolean"},
        },
        "required": ["description", "negative_description", "shot", "place", "audience"],
    }
    count = wanted(request)
    return {
        "type": "object",
        "properties": {"scenes": {"type": "array", "items": scene, "minItems": count, "maxItems": count}},
        "required": ["scenes"],
    }
