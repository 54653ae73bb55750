"""The sample lip-sync: the mouth follows the loudness, in our clips on the face, elsewhere in a bubble."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from assets.media import counter
from assets.media.audio import envelope
from assets.media.compose import VideoFrames, render
from assets.media.synth import times, write_wav
from generation.ports import LipSyncRequest
from generation.providers.sample.lipsync import SampleLipSync, openings
from generation.providers.sample.mouths import Bubble, mouth_for
from generation.providers.sample.notes import append_note, read_note
from mvsite.common.errors import ProviderError


def quiet(progress: float) -> None:
    assert 0.0 <= progress <= 1.0


@pytest.fixture
def bursts(tmp_path: Path) -> Path:
    """Give 4 s of sound: a tone in every second half second."""
    at = times(4.0)
    wave = np.sin(2 * np.pi * 300 * at) * ((at % 1.0) < 0.5)
    write_wav(tmp_path / "bursts.wav", wave, wave)
    return tmp_path / "bursts.wav"


def changes(before: Path, after: Path, box: tuple[int, int, int, int]) -> list[float]:
    found = []
    with VideoFrames(before) as first, VideoFrames(after) as second:
        assert first.count == second.count
        for _ in range(first.count):
            both = ImageChops.difference(first.next().crop(box), second.next().crop(box))
            found.append(sum(ImageStat.Stat(both).mean))
    return found


def loud_and_quiet(levels: list[float]) -> tuple[float, float]:
    loud = [level for number, level in enumerate(levels) if 2 <= number % 24 < 10]
    still = [level for number, level in enumerate(levels) if 14 <= number % 24 < 22]
    return sum(loud) / len(loud), sum(still) / len(still)


def test_mouth_on_the_face_follows_the_sound_and_every_frame_stays(
    tmp_path: Path, bursts: Path, sample_clip: Path
) -> None:
    target = tmp_path / "out.mp4"
    SampleLipSync().fetch("x", LipSyncRequest(sample_clip, bursts, 4), target, quiet)
    note = read_note(sample_clip)
    assert note is not None
    assert read_note(target) == note
    x, y, unit, _ = note["mouths"][0]
    near = (round(x - unit * 0.3), round(y - unit * 0.2), round(x + unit * 0.3), round(y + unit * 0.3))
    loud, still = loud_and_quiet(changes(sample_clip, target, near))
    assert loud > 4 * still
    assert max(changes(sample_clip, target, (0, 0, 300, 300))) < 6
    assert counter.read_video(target) == [(counter.label_hash("scene-7"), number) for number in range(96)]
    assert envelope(target, fps=2)[:4] == pytest.approx(envelope(bursts, fps=2)[:4], abs=0.05)


def test_clip_of_a_stranger_gets_a_bubble(tmp_path: Path, bursts: Path) -> None:
    clip, target = tmp_path / "foreign.mp4", tmp_path / "out.mp4"
    grey = Image.new("RGB", (640, 360), (90, 90, 90))
    render(paint=lambda number: grey, seconds=4, size=(640, 360), target=clip, tick=quiet)
    SampleLipSync().fetch("x", LipSyncRequest(clip, bursts, 4), target, quiet)
    bubble = Bubble((640, 360))
    (x, y), reach = bubble.centre, bubble.radius
    with VideoFrames(target) as source:
        assert source.count == 96
        opened = [_dark(source.next().crop((x - reach, y - reach, x + reach, y + reach))) for _ in range(96)]
    loud, still = loud_and_quiet(opened)
    assert loud > 2 * still


def _dark(picture: Image.Image) -> float:
    data = picture.convert("L").tobytes()
    return sum(value < 70 for value in data) / len(data)


def test_openings_are_relative_to_the_loudest_and_as_many_as_frames() -> None:
    assert openings([0.0, 0.1, 0.2], frames=5) == [0.0, pytest.approx(0.497, abs=0.01), 1.0, 0.0, 0.0]
    assert openings([0.0005] * 9, frames=3) == [0.0, 0.0, 0.0]
    assert openings([], frames=2) == [0.0, 0.0]


@pytest.mark.parametrize(
    "facts",
    [None, {}, {"size": [1280, 720]}, {"size": "x", "mouths": []}, {"size": [1280, 720], "mouths": [[1, 2, 1e9, 0]]}],
)
def test_recipe_that_makes_no_sense_is_not_believed(facts: dict[str, object] | None) -> None:
    assert isinstance(mouth_for(facts, size=(1280, 720)), Bubble)


def test_note_is_read_back_and_damage_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0")
    assert read_note(path) is None
    append_note(path, {"a": 1})
    assert read_note(path) == {"a": 1}
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        assert read_note(path) is None
    path.write_bytes(whole[:-3] + b"}}}")
    assert read_note(path) is None
    path.write_bytes(json.dumps({"not": "an mp4"}).encode())
    assert read_note(path) is None


def test_what_is_no_video_or_no_sound_is_said(tmp_path: Path, bursts: Path) -> None:
    text = tmp_path / "x.mp4"
    text.write_text("not a video")
    with pytest.raises(ProviderError) as caught:
        SampleLipSync().fetch("x", LipSyncRequest(text, bursts, 4), tmp_path / "out.mp4", quiet)
    assert caught.value.code == "provider:call:invalid"
    assert not (tmp_path / "out.mp4").exists()
