"""A stitch of many clips takes no more memory than one of few."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tree import ROOT

STITCH = """
import sys
from pathlib import Path
from assets.media.stitch import StitchWishes, stitch
room, count, volume, clips = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
many = [Path(clips[number % len(clips)]) for number in range(count)]
wishes = StitchWishes(video_audio_volume=volume)
result = stitch(clips=many, wishes=wishes, target=room / "film.mp4", work_dir=room, progress=lambda _: None)
assert result.frames == 192 * count
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


def peak(room: Path, clips: list[Path], count: int, *, volume: float) -> float:
    """Give the most memory of a process, in MB, that stitches `count` clips."""
    words = [sys.executable, "-c", STITCH, str(room), str(count), str(volume), *map(str, clips)]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


@pytest.mark.parametrize(
    "volume", [pytest.param(1.0, id="copied"), pytest.param(0.5, id="mixed anew", marks=pytest.mark.long)]
)
def test_memory_is_flat_in_the_number_of_clips(clips: list[Path], room: Path, volume: float) -> None:
    """`volume` is that of the clips' sound."""
    few, many = (peak(room, clips, count, volume=volume) for count in (5, 100))
    assert many - few < 24, f"{few:.0f} MB for 5 clips, {many:.0f} MB for 100"
