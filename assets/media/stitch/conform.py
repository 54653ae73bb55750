"""Making one odd clip fit: turned upright, scaled, at the film's rate, in BT.709; the sound stays behind."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from assets.media.encoding import AS_709, STITCH_SPS_ID, mp4_arguments, x264_arguments
from assets.media.ffmpeg import Input, Progress, run_ffmpeg
from assets.media.probe import UNSPECIFIED, VideoFacts, upright_size
from assets.media.stitch.profile import Profile

# Seconds allowed per second of film, before a hanging encoder is killed.
SECONDS_PER_SECOND = 120
PRESET = "veryfast"
SCALER = "out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact"
# Transfer codes of ITU-T H.273 whose light is brighter than a film of BT.709 can show, as zscale calls them.
HDR = {16: "smpte2084", 18: "arib-std-b67"}
# Codes of primaries that are wider than those of BT.709 (BT.2020, Display P3), and the matrix that goes with each.
WIDE = {9: "bt2020nc", 12: "bt709"}
CURVES = {1, 6, 13, 14, 15}  # transfer codes that zscale can turn into light and that no brighter one needs
WHITE = 203  # cd/m2 of plain white in HDR (ITU-R BT.2408): it becomes the white of BT.709
BLUR = "boxblur=luma_radius=min(h\\,w)/24:luma_power=2"


def fitted(video: VideoFacts, profile: Profile, *, cover: bool = False) -> tuple[int, int]:
    """Give the even size of the clip's upright picture inside the film's frame, or with `cover` around it."""
    width, height = upright_size(video)
    scales = Fraction(profile.width, width), Fraction(profile.height, height)
    scale = max(scales) if cover else min(scales)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def words_for(profile: Profile, *, frames: int, crf: int, fit: str) -> list[Any]:
    """Give everything that shapes the result besides the clip itself: the name of a kept copy."""
    return ["conform", profile.width, profile.height, str(profile.fps), frames, crf, fit, PRESET]


def shaping(video: VideoFacts, profile: Profile, fit: str) -> list[str]:
    """Give the filters from the clip's picture to the film's frame: bars, a cut, or the clip itself blurred behind.

    `fit` is `pad`, `crop` or `blur`.
    """
    inner = "{}:{}".format(*fitted(video, profile))
    outer = "{}:{}".format(*fitted(video, profile, cover=True))
    frame = f"{profile.width}:{profile.height}"
    if fit == "crop":
        return [f"scale={outer}:{SCALER}", f"crop={frame}"]
    if fit == "blur" and inner != frame:
        behind = f"[behind]scale={outer}:{SCALER},crop={frame},{BLUR},setsar=1[blurred]"
        front = f"[front]scale={inner}:{SCALER},setsar=1[sharp]"
        return [f"split[behind][front];{behind};{front};[blurred][sharp]overlay=(W-w)/2:(H-h)/2"]
    return [f"scale={inner}:{SCALER}", f"pad={frame}:-1:-1:color=black"]


def _plain_light(video: VideoFacts) -> list[str]:
    """Give the filters to the light and primaries of BT.709.

    Of HDR (PQ, HLG) up to 70 % of plain white stays, what is brighter is pressed. Colours of wider primaries stay
    what they are as far as BT.709 has them.
    """
    if video.transfer in HDR:
        said = f"tin={HDR[video.transfer]}"
        said += ":min=bt2020nc" if video.matrix == UNSPECIFIED else ""
        said += ":pin=bt2020" if video.primaries == UNSPECIFIED else ""
        return [
            f"zscale={said}:t=linear:npl={WHITE},format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.7:desat=0",
            "zscale=t=bt709:m=bt709:r=tv,format=yuv420p",
        ]
    if video.primaries in WIDE:
        said = "" if video.transfer in CURVES else "tin=bt709:"
        said += f"min={WIDE[video.primaries]}:" if video.matrix == UNSPECIFIED else ""
        return [f"zscale={said}p=bt709:t=bt709:m=bt709:r=tv,format=yuv420p"]
    return []


def conform(
    source: Path,
    target: Path,
    *,
    video: VideoFacts,
    profile: Profile,
    frames: int,
    crf: int,
    fit: str = "pad",
    progress: Progress | None = None,
) -> None:
    """Encode the picture of `source` as exactly `frames` frames of `profile`. Raises FFmpegError, MediaProblem."""
    steps = ["setpts=PTS-STARTPTS"]
    light = _plain_light(video)
    if video.matrix == UNSPECIFIED and not light:
        steps.append("setparams=colorspace=bt709")  # swscale would take it for BT.601
    steps += [
        f"fps={profile.fps}",
        "tpad=stop=-1:stop_mode=clone",  # a clip that ends a frame early holds its last picture
        *light,
        *shaping(video, profile, fit),
        "setsar=1,format=yuv420p",
        AS_709,
    ]
    seconds = float(frames / profile.fps)
    words = ["-map", "0:v:0", "-an", "-sn", "-dn", "-vf", ",".join(steps), "-frames:v", str(frames)]
    words += x264_arguments(fps=profile.fps, crf=crf, preset=PRESET, sps_id=STITCH_SPS_ID)
    run_ffmpeg(
        [*words, *mp4_arguments(profile.fps), f"file:{target.absolute()}"],
        inputs=[Input.sniffed(source)],
        timeout=60 + SECONDS_PER_SECOND * seconds,
        seconds=seconds,
        progress=progress,
    )
