"""Reading a finished film back: which scene and which frame is on screen, frame by frame."""

from pathlib import Path

from assets.media.counter import label_hash, read_video
from assets.media.decode import decode_check
from assets.media.probe import probe
from assets.media.sniff import VIDEO_KINDS

FRAMES_A_CLIP = 192  # 8 s at 24 frames a second


def assert_every_scene_in_order(film: Path, *, scenes: int, takes: list[int] | None = None) -> None:
    """Fail unless the film shows frame 0..191 of each scene, in order, and nothing else."""
    wanted = [
        (label_hash(f"{scene}:{take}"), frame)
        for scene, take in enumerate(takes or [0] * scenes)
        for frame in range(FRAMES_A_CLIP)
    ]
    seen = read_video(film)
    assert len(seen) == len(wanted)
    wrong = [(at, got, want) for at, (got, want) in enumerate(zip(seen, wanted, strict=True)) if got != want]
    assert wrong == [], f"{len(wrong)} frames are not what they should be, first {wrong[:3]}"


def assert_playable(film: Path, *, seconds: float, sound: bool = True) -> None:
    """Fail unless it is H.264 yuv420p + AAC with its index in front, of this length within a frame, and decodes."""
    facts = probe(film, formats=VIDEO_KINDS)
    assert facts.video is not None
    assert (facts.video.codec, facts.video.pix_fmt) == ("h264", "yuv420p")
    assert (facts.audio.codec if facts.audio else None) == ("aac" if sound else None)
    assert abs(facts.duration - seconds) <= 1 / 24
    assert facts.index_first
    assert decode_check(film, formats=VIDEO_KINDS).frames == round(seconds * 24)
