"""How the built-in provider and the stitch keep pace with the film they make: seconds of work a second of film."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from assets.media.stitch import StitchWishes, stitch
from benchmarks._table import Row
from generation.ports import ClipRequest
from generation.providers.sample.clips import SampleClips

CLIP_SECONDS, CLIPS, SCENES = 4, 2, 12


def _no_matter(_done: float) -> None:
    """Hear of progress and go on."""


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield two figures: rendering sample clips at 720p, and cutting many of them together for the first time."""
    count = 2 if quick else SCENES
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        clips = [folder / f"{number}.mp4" for number in range(CLIPS)]
        started = time.perf_counter()
        for seed, clip in enumerate(clips):
            SampleClips().fetch("benchmark", _request(seed), clip, _no_matter)
        rendered = time.perf_counter()
        scenes = [clips[number % CLIPS] for number in range(count)]
        film = folder / "film.mp4"
        stitch(clips=scenes, wishes=StitchWishes(), target=film, work_dir=folder, progress=_no_matter)
        cut = time.perf_counter()
    yield Row("F1", "sample clips, 720p: s a second of film", (rendered - started) / (CLIPS * CLIP_SECONDS))
    yield Row("F2", f"first stitch of {count} clips: s a second of film", (cut - rendered) / (count * CLIP_SECONDS))


def _request(seed: int) -> ClipRequest:
    return ClipRequest(
        prompt="A singer in a red coat on a stage at night, close-up",
        seconds=CLIP_SECONDS,
        aspect_ratio="16:9",
        resolution="720p",
        generate_audio=True,
        seed=seed,
    )
