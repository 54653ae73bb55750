"""The examples of the OpenAPI page for prices and providers."""

from typing import Any

from generation.api.examples import PROJECT_ID, TEXT, answer

BUDGET: dict[str, Any] = {
    "scope": "user",
    "project_id": None,
    "day": None,
    "mode": "stop",
    "limit_usd": "50.0000",
    "spent_usd": "4.8036",
    "held_usd": "1.6000",
    "left_usd": "43.5963",
}
ESTIMATE_ASKED: dict[str, Any] = {
    "calls": [{"call": "generate_video", "body": {"prompt": TEXT, "duration": 8, "resolution": "1080p"}}],
    "project_id": PROJECT_ID,
}
_CLIP_LINE: dict[str, Any] = {
    "call": "generate_video",
    "kind": "clip",
    "provider": "replicate",
    "model": "google/veo-3.1",
    "times": 1,
    "clip_seconds": 8,
    "unit_price_usd": "3.2000",
    "usd": "3.2000",
    "most_usd": "3.2000",
    "typical_seconds": 210,
    "parameters_not_sent": [],
    "warnings": [],
    "stand_ins": [{"provider": "gemini", "model": "gemini-omni-1.2-flash", "usd": "0.8400"}],
}
ESTIMATE = [
    answer(
        "One clip with sound, and three silent ones of a project",
        {
            "lines": [
                _CLIP_LINE,
                {
                    **_CLIP_LINE,
                    "call": "run",
                    "times": 3,
                    "unit_price_usd": "1.6000",
                    "usd": "4.8000",
                    "most_usd": "4.8000",
                    "stand_ins": [],
                },
            ],
            "estimated_cost_usd": "8.0000",
            "most_usd": "8.0000",
            "confirm_above_usd": "5.0000",
            "needs_confirmation": True,
            "budgets": [BUDGET],
            "over_budget": False,
        },
    )
]
_VEO: dict[str, Any] = {
    "model": "google/veo-3.1",
    "makes": "clip",
    "roles": ["clip.default"],
    "configured": True,
    "missing_settings": [],
    "health": "ok",
    "features": ["seed", "negative_prompt", "reference_image", "audio", "silent"],
    "limits": {"duration": [4, 6, 8], "aspect_ratio": ["16:9", "9:16"], "resolution": ["720p", "1080p"]},
    "bends": [
        {
            "when": {"reference_image": True},
            "to": {"duration": 8, "aspect_ratio": "16:9"},
            "because": "the model takes a character only so",
        }
    ],
    "price": {
        "unit": "second",
        "usd": "0.40",
        "cases": [{"generate_audio": False, "usd": "0.20"}],
        "dated": "2026-10-06",
        "later": [],
    },
    "typical_seconds": 210,
    "measured_seconds": 184.5,
    "measured_calls": 20,
    "retires": None,
    "retired": False,
    "successor": None,
}
PROVIDERS = [
    answer(
        "A provider with one of its models",
        {
            "providers": [
                {
                    "name": "replicate",
                    "configured": True,
                    "missing_settings": [],
                    "health": "ok",
                    "models": [_VEO],
                }
            ],
            "roles": {"clip.default": ["google/veo-3.1", "google/veo-3.1-fast"]},
        },
    )
]
