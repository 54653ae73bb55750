"""What Replicate's models take and what its errors look like, as the vendor's pages say: the stand-in's own tables."""

from typing import Any

_VEO = {"prompt", "aspect_ratio", "duration", "image", "last_frame", "resolution", "seed"}
_VEO_FULL = _VEO | {"negative_prompt", "generate_audio"}
_NANO = {"prompt", "image_input", "aspect_ratio", "output_format"}
_IMAGEN = {"prompt", "aspect_ratio", "safety_filter_level", "output_format"}
_SYNC = {"video", "audio", "sync_mode", "temperature", "active_speaker"}

TAKES: dict[str, set[str]] = {
    "google/imagen-4": _IMAGEN | {"image_size"},
    "google/imagen-4-fast": _IMAGEN,
    "google/imagen-4-ultra": _IMAGEN,
    "google/nano-banana-2": _NANO | {"resolution"},
    "google/nano-banana-2-lite": _NANO,
    "google/nano-banana-pro": _NANO | {"resolution", "safety_filter_level", "allow_fallback_model"},
    "google/veo-3.1": _VEO_FULL | {"reference_images"},
    "google/veo-3.1-fast": _VEO_FULL,
    "google/veo-3.1-lite": _VEO,
    "sync/lipsync-2": _SYNC,
    "sync/lipsync-2-pro": _SYNC,
    "kwaivgi/kling-lip-sync": {"video_url", "video_id", "audio_file", "text", "voice_id", "voice_speed"},
    "bytedance/latentsync": {"video", "audio", "guidance_scale", "seed"},
}
NEEDS: dict[str, set[str]] = {
    model: {"prompt"} if "prompt" in names else names & {"video", "audio", "video_url", "audio_file"}
    for model, names in TAKES.items()
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "output_format": ("jpg", "png"),
    "safety_filter_level": ("block_low_and_above", "block_medium_and_above", "block_only_high"),
    "duration": (4, 6, 8),
    "generate_audio": (True, False),
    "sync_mode": ("loop", "bounce", "cut_off", "silence", "remap"),
}
FILES = ("image", "reference_images", "video", "audio", "video_url", "audio_file")

_NO_CREDIT = "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing."
ERRORS: dict[int, dict[str, Any]] = {
    401: {"title": "Unauthenticated", "detail": "You did not pass a valid authentication token", "status": 401},
    402: {"title": "Insufficient credit", "detail": _NO_CREDIT, "status": 402},
    403: {"detail": "You do not have permission to perform this action.", "status": 403},
    404: {"detail": "The requested resource could not be found.", "status": 404},
    422: {"title": "Input validation failed", "detail": "- input: prompt is required\n", "status": 422},
    429: {"detail": "Request was throttled. Your rate limit resets in ~30s.", "status": 429, "retry_after": 30},
    500: {"detail": "Internal server error", "status": 500},
    503: {"detail": "Service unavailable", "status": 503},
}
RUN_ERRORS: dict[str, Any] = {  # by the word `run-…`
    "nsfw": "The input or output was flagged as sensitive. Please try again with different inputs. (E005) (abcd)",
    "moderated": "Warning: Moderation check failed: the request was blocked.",
    "broken-off": "Prediction interrupted; please retry (code: PA)",
    "fails": "CUDA out of memory (E1001)",
    "strange-error": {"code": 7},
}


def objection(model: str, given: dict[str, Any]) -> str:
    """Say what a strict validation of a model's input would; empty when all is well."""
    missing = sorted(NEEDS[model] - given.keys())
    unknown = sorted(given.keys() - TAKES[model])
    wrong = sorted(name for name, value in given.items() if name in CHOICES and value not in CHOICES[name])
    lines = [f"- input: {name} is required" for name in missing]
    lines += [f"- input: Additional property {name} is not allowed" for name in unknown]
    lines += [f"- input.{name}: must be one of {CHOICES[name]}" for name in wrong]
    return "".join(f"{line}\n" for line in lines)
