"""Making one odd clip fit: turned upright, scaled and padded, at the film's rate, in BT.709; the sound stays behind."""

from fractions import Fraction
from pathlib import Path

from assets.media.encoding import AS_709, mp4_arguments, x264_arguments
from assets.media.ffmpeg import Input, Progress, run_ffmpeg
from assets.media.probe import UNSPECIFIED, VideoFacts
from assets.media.stitch.profile import Profile, upright_size

# Seconds allowed per second of film, before a hanging encoder is killed.
SECONDS_PER_SECOND = 120


def fitted(video: VideoFacts, profile: Profile) -> tuple[int, int]:
    """Give the largest even size of the clip's upright picture inside the film's frame."""
    width, height = upright_size(video)
    scale = min(Fraction(profile.width, width), Fraction(profile.height, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def conform(
    source: Path,
    target: Path,
    *,
    video: VideoFacts,
    profile: Profile,
    frames: int,
    crf: int,
    progress: Progress | None = None,
) -> None:
    """Encode the picture of `source` as exactly `frames` frames of `profile`. Raises FFmpegError, MediaProblem."""
    width, height = fitted(video, profile)
    steps = ["setpts=PTS-STARTPTS"]
    if video.matrix == UNSPECIFIED:
        steps.append("setparams=colorspace=bt709")  # swscale would take it for BT.601
    steps += [
        f"fps={profile.fps}",
        "tpad=stop=-1:stop_mode=clone",  # a clip that ends a frame early holds its last picture
        f"scale={width}:{height}:out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact",
        f"pad={profile.width}:{profile.height}:-1:-1:color=black",
        "setsar=1,format=yuv420p",
        AS_709,
    ]
    seconds = float(frames / profile.fps)
    words = ["-map", "0:v:0", "-an", "-sn", "-dn", "-vf", ",".join(steps), "-frames:v", str(frames)]
    words += x264_arguments(fps=profile.fps, crf=crf, preset="veryfast")
    run_ffmpeg(
        [*words, *mp4_arguments(profile.fps), f"file:{target.absolute()}"],
        inputs=[Input.sniffed(source)],
        timeout=60 + SECONDS_PER_SECOND * seconds,
        seconds=seconds,
        progress=progress,
    )
