"""Room on the disk: asked for before the work, so that nobody waits ten minutes for a full disk."""

import errno
import os
import shutil
from pathlib import Path

from assets.media.encoding import SAMPLE_RATE
from assets.media.stitch.plan import StitchPlan

SPARE = 32 << 20
BITS_A_PIXEL = 0.25  # what a noisy picture takes at our quality
WAV_BYTES, MIX_BYTES = 4, 8  # a sample, stereo: of 16 bit, and of floats
AAC_BYTES = 24_000  # a second


def needed(plan: StitchPlan, copied_bytes: int, *, normalized: bool = False) -> tuple[int, int]:
    """Estimate the bytes of the film itself and of what is made on the way to it.

    The clips' sound is written out plainly before it is mixed, and a mix whose loudness is to be `normalized` too.
    """
    new = plan.frames - plan.copied_frames
    encoded = round(new * plan.profile.width * plan.profile.height * BITS_A_PIXEL / 8)
    sound = 0 if plan.sound == "none" else round(plan.seconds * AAC_BYTES)
    clips = WAV_BYTES if plan.use_clip_sound and not plan.copy_sound else 0
    mix = MIX_BYTES if normalized and plan.sound != "none" else 0
    mixing = round(plan.seconds * SAMPLE_RATE * (clips + mix))
    return copied_bytes + encoded + sound, encoded + sound + mixing


def ensure_room(folders: tuple[Path, Path], wanted: tuple[int, int]) -> None:
    """Raise OSError ENOSPC when the film's folder or the work's folder has no room for what is wanted there."""
    devices: dict[int, int] = {}
    for folder, size in zip(folders, wanted, strict=True):
        device = folder.stat().st_dev
        devices[device] = devices.get(device, 0) + size
        if shutil.disk_usage(folder).free - devices[device] < SPARE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
