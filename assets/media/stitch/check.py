"""The check after every render: a file that fails it is an error, not a video."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from assets.media.encoding import SAMPLE_RATE
from assets.media.errors import MediaProblem, RenderCheckError
from assets.media.probe import BT709, UNSPECIFIED, MediaFacts, decode_check, probe

AAC_FRAME = Fraction(1_024, SAMPLE_RATE)


def check_film(
    path: Path,
    *,
    frames: int,
    fps: Fraction,
    sound: bool,
    untagged: bool = False,
    tick: Callable[[float], None] | None = None,
) -> MediaFacts:
    """Check index, frame count, length, colour tags, that picture and sound end together, and that all of it decodes.

    `untagged`: copied clips that do not name their colours are allowed. `tick` hears 0..1 and may raise.
    Raises RenderCheckError with everything that is wrong.
    """
    try:
        facts = probe(path, formats={"mp4"})
        decoded = decode_check(path, formats={"mp4"}, tick=None if tick is None else lambda done: tick(done / frames))
    except MediaProblem as error:
        raise RenderCheckError(f"the finished file cannot be read: {error.detail}") from error
    wrong = faults(facts, frames=frames, fps=fps, sound=sound, untagged=untagged)
    if decoded.frames != frames:
        wrong.append(f"{decoded.frames} frames decode instead of {frames}")
    if wrong:
        raise RenderCheckError("; ".join(wrong))
    return facts


def faults(facts: MediaFacts, *, frames: int, fps: Fraction, sound: bool, untagged: bool) -> list[str]:
    """List what is wrong with a finished file's facts."""
    video, audio = facts.video, facts.audio
    if video is None:
        return ["there is no picture"]
    colours = {video.matrix, video.primaries, video.transfer}
    length = frames / fps
    checks = {
        "the index is not at the front": not facts.index_first,
        f"{video.frames} frames instead of {frames}": video.frames != frames,
        f"{float(video.seconds):.4f} s instead of {float(length):.4f} s": abs(video.seconds - length) > 1 / fps,
        f"the picture starts at {float(video.start):.4f} s": video.start != 0,
        f"{float(video.fps):g} fps instead of {float(fps):g}": frames > 1 and video.fps != fps,
        "frames of unequal length": not video.constant_fps,
        f"pixel format {video.pix_fmt}": video.pix_fmt != "yuv420p",
        "its colours are not tagged BT.709": not colours <= ({BT709, UNSPECIFIED} if untagged else {BT709}),
        "there is no sound": sound and audio is None,
        "there is sound that nobody asked for": not sound and audio is not None,
    }
    if audio is not None:
        apart = abs(audio.start + audio.seconds - video.seconds)
        checks[f"sound and picture end {float(apart):.4f} s apart"] = apart > AAC_FRAME
        checks[f"the sound starts at {float(audio.start):.4f} s"] = abs(audio.start) > Fraction(1, 1000)
    return [fault for fault, holds in checks.items() if holds]
