"""How we encode: one H.264 and AAC profile for everything made here, as words for ffmpeg."""

from fractions import Fraction

# One thread count for every machine: x264's output depends on it.
ENCODER_THREADS = 4
SAMPLE_RATE = 48_000
TIME_SCALE = 12_288
GOP_SECONDS = 2
STITCH_SPS_ID = 7  # of what a stitch encodes beside copied clips, which nearly always use 0
BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
TAGS_709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
AS_709 = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"  # what the numbers mean
# RGB has no matrix: without `out_color_matrix` swscale takes BT.601 and every colour shifts (MEDIA.md 1d).
TO_709 = (
    "setparams=color_primaries=bt709:color_trc=bt709,"
    "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=yuv420p,"
    f"{AS_709}"
)
# One channel is heard from both sides as loud as it is (ffmpeg's own way takes 3 dB); more than two are mixed down.
STEREO = "aformat=channel_layouts=stereo|mono|downmix,pan=stereo|FL=FL+FC+DL|FR=FR+FC+DR"
AUDIO_48K = f"aresample={SAMPLE_RATE},aformat=sample_fmts=fltp:sample_rates={SAMPLE_RATE},{STEREO}"


def time_scale(fps: Fraction) -> int:
    """Give ticks per second in which a frame is a whole number of ticks: 12288 for 24 fps, else like ffmpeg's."""
    if (TIME_SCALE / fps).denominator == 1:
        return TIME_SCALE
    scale = fps.numerator
    while scale < 10_000:
        scale *= 2
    return scale


def x264_arguments(
    *, fps: Fraction, crf: int, preset: str, max_bitrate: int | None = None, sps_id: int = 0
) -> list[str]:
    """Give the words for H.264 High yuv420p: closed GOP of 2 s, 2 B-frames, no scene cuts, same bytes everywhere.

    `sps_id` numbers its parameter sets: with STITCH_SPS_ID they can stand beside those of foreign clips. With a
    limit of `max_bitrate` there is one thread: x264's threads ask each other how large their frames become, so the
    bytes would depend on who was quicker.
    """
    gop = str(max(1, round(GOP_SECONDS * fps)))
    words = ["-c:v", "libx264", "-preset", preset, "-profile:v", "high", "-pix_fmt", "yuv420p", "-crf", str(crf)]
    words += ["-g", gop, "-keyint_min", gop, "-bf", "2", "-sc_threshold", "0", "-flags:v", "+cgop"]
    words += [
        "-x264-params",
        f"open-gop=0:scenecut=0:cpu-independent=1:sps-id={sps_id}",
        "-threads:v",
        str(1 if max_bitrate else ENCODER_THREADS),
    ]
    if max_bitrate is not None:
        words += ["-maxrate", str(max_bitrate), "-bufsize", str(2 * max_bitrate)]
    return [*words, *TAGS_709]


def mp4_arguments(fps: Fraction) -> list[str]:
    """Give the words for the file: index first, exact ticks, nothing in it that changes between two runs."""
    scale = str(time_scale(fps))
    return [*BITEXACT, "-video_track_timescale", scale, "-movie_timescale", scale, "-movflags", "+faststart"]


def aac_arguments() -> list[str]:
    """Give the words for AAC-LC, 48 kHz stereo, 192 kbit/s."""
    return ["-c:a", "aac", "-b:a", "192k", "-ar", str(SAMPLE_RATE), "-ac", "2"]


def exact_audio(samples: int) -> str:
    """Give the filter that makes sound exactly `samples` long at 48 kHz stereo: padded with silence or cut."""
    return f"{AUDIO_48K},apad,atrim=end_sample={samples}"
