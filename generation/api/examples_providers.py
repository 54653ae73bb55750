"""The examples of the OpenAPI page for prices and providers."""

from typing import Any

from generation.api.examples import PROJECT_ID, TEXT, answer

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
        },
    )
]
