"""How much computing a sample clip takes: CPU seconds (ours and the encoder's) a second of 720p film."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._table import Row

PROMPTS = (
    "Wide shot, slow push in. A woman in a red coat walks on a pier by the sea at dusk",
    "Medium shot, slow pan to the right. A woman in a red coat sings in a city street at night, rain",
    "Close-up, hand-held. A woman in a red coat sings on a stage, the band behind",
)
SECONDS = 8


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield CPU seconds a second of clip for each prompt, nothing when it is to be quick; two cores halve the wait."""
    if quick:
        return
    from generation.ports import ClipRequest
    from generation.providers.sample.clips import SampleClips

    with tempfile.TemporaryDirectory() as folder:
        for number, prompt in enumerate(PROMPTS):
            request = ClipRequest(prompt, SECONDS, "16:9", "720p", generate_audio=False, seed=number, label="benchmark")
            started = _cpu()
            SampleClips().fetch("benchmark", request, Path(folder) / f"{number}.mp4", lambda _: None)
            taken = _cpu() - started
            yield Row("F3", f"{prompt.split('.')[0]}: s of CPU a second of film", taken / SECONDS)
