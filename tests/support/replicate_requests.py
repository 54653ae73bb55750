"""Requests for the tests of Replicate, with every field that a model could take."""

import wave
from pathlib import Path

from generation.ports import ClipRequest, ImageRequest

PICTURE = ImageRequest(
    prompt="p", description="d", aspect_ratio="1:1", seed=1, output_format="jpeg", negative_prompt="text",
    safety_filter_level="block_medium_and_above", person_generation="allow_adult", model="google/imagen-4",
)  # fmt: skip
CLIP = ClipRequest(
    prompt="p", seconds=4, aspect_ratio="9:16", resolution="1080p", generate_audio=False, seed=5,
    negative_prompt="blur", model="google/veo-3.1",
)  # fmt: skip


def wav(path: Path, seconds: float) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\0\0" * round(8000 * seconds))
    return path
