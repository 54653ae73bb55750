"""Clips whose every frame says which clip and which frame it is, and the same in odd shapes."""

from pathlib import Path

import av
import numpy as np
from PIL import Image

from assets.media import counter
from assets.media.ffmpeg import FrameEncoder, run_ffmpeg

SIZE, FRAMES = (640, 360), 48  # two seconds

TAGS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
FAST = ("-preset", "ultrafast", "-crf", "12")
# How to make an odd clip of a plain one: the suffix, what stands before the input, and the rest.
ODD: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "other size": ("mp4", (), ("-vf", "scale=1280:720", *FAST)),
    "odd sides": ("mp4", (), ("-vf", "scale=961:541", "-pix_fmt", "yuv444p", *FAST)),
    "thirty a second": ("mp4", (), ("-vf", "fps=30", *FAST)),
    "uneven": ("mp4", (), ("-vf", "select='not(eq(mod(n,7),3))'", "-fps_mode", "vfr", *FAST)),
    "turned": ("mp4", (), ("-vf", "transpose=1", *FAST)),
    "wide pixels": ("mp4", (), ("-vf", "scale=480:360,setsar=4/3", *FAST)),
    "mute": ("mp4", (), ("-an", "-c:v", "copy")),
    "ten bits": ("mp4", (), ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", *FAST, *TAGS)),
    "vp8": ("webm", (), ("-c:v", "libvpx", "-b:v", "4M", "-deadline", "realtime", "-c:a", "libvorbis")),
    "vp9": ("webm", (), ("-c:v", "libvpx-vp9", "-b:v", "4M", "-deadline", "realtime", "-cpu-used", "8", "-an")),
    "in fragments": ("mp4", (), ("-c", "copy", "-movflags", "frag_keyframe+empty_moov")),
    "other clock": ("mp4", (), ("-c", "copy", "-video_track_timescale", "90000")),
    "quicktime": ("mov", (), ("-c", "copy")),
    "cut at the front": ("mp4", ("-ss", "0.5"), ("-c", "copy", "-movflags", "+faststart")),
    "cut at the end": ("mp4", (), ("-c", "copy", "-movflags", "+faststart")),
}
# What stands around the pictures of a clip before an edit list hides it again: half a second.
HIDDEN = {
    "cut at the front": ("-vf", "tpad=start=12:start_mode=clone", "-af", "adelay=500:all=1", "-g", "48", *FAST),
    "cut at the end": ("-vf", "tpad=stop=12:stop_mode=clone", "-af", "apad=pad_dur=0.5", "-g", "48", *FAST),
}


def counted_clip(path: Path, label: str, *, frames: int = FRAMES, audio: Path | None = None) -> Path:
    """Make a clip at 24 frames a second whose strip says `label` and the number of the frame."""
    rows = np.linspace(40, 200, SIZE[1], dtype=np.uint8)
    grey = np.repeat(np.repeat(rows[:, None, None], SIZE[0], axis=1), 3, axis=2)
    with FrameEncoder(path, width=SIZE[0], height=SIZE[1], audio=audio, crf=14, preset="ultrafast") as out:
        for number in range(frames):
            picture = Image.fromarray(np.roll(grey, number * 3, axis=0))
            counter.draw(picture, label, number)
            out.write(picture.tobytes())
    return path


def odd_clip(plain: Path, kind: str, folder: Path) -> Path:
    """Make a clip of the same pictures in an odd shape."""
    suffix, before, words = ODD[kind]
    target = folder / f"{kind.replace(' ', '-')}.{suffix}"
    if kind == "turned":
        lying = folder / "lying.mp4"
        run_ffmpeg(["-i", str(plain), *words, str(lying)], timeout=60)
        before, words, plain = ("-display_rotation", "90"), ("-c", "copy"), lying
    if kind in HIDDEN:
        longer = folder / "longer.mp4"
        run_ffmpeg(["-i", str(plain), *HIDDEN[kind], "-bf", "2", str(longer)], timeout=60)
        plain = longer
    run_ffmpeg([*before, "-i", str(plain), *words, str(target)], timeout=60)
    if kind == "cut at the end":
        show_only(target, 2)
    return target


def show_only(path: Path, seconds: float, *, tracks: slice = slice(None)) -> None:
    """Let the edit lists of some tracks of an MP4 show only its beginning."""
    data = bytearray(path.read_bytes())
    clock = data.index(b"mvhd") + 16
    ticks = round(seconds * int.from_bytes(data[clock : clock + 4], "big"))
    places = [at for at in range(len(data) - 4) if data[at : at + 4] == b"elst"]
    for at in places[tracks]:
        data[at + 12 : at + 16] = ticks.to_bytes(4, "big")
    path.write_bytes(data)


def frames_of(path: Path, label: str, *, begin: int, count: int) -> list[int | None]:
    """Read the strips of `count` frames from `begin` on; None where it says anything but `label`."""
    wanted = counter.label_hash(label)
    found: list[int | None] = []
    with av.open(str(path)) as film:
        for number, frame in enumerate(film.decode(video=0)):
            if begin <= number < begin + count:
                seen = counter.read(Image.fromarray(frame.to_ndarray(format="rgb24")))
                found.append(seen[1] if seen is not None and seen[0] == wanted else None)
    return found
