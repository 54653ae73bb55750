"""The sample makers through their ports: orders, latency, failure on demand, files."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import av
import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from assets.media import counter
from generation.ports import ClipRequest, Found, ImageRequest, Pending, Ready
from generation.providers.sample.clips import SampleClips
from generation.providers.sample.mouths import FaceMouth, mouth_for
from generation.providers.sample.notes import read_note
from generation.providers.sample.portraits import SamplePortraits
from mvsite.common.errors import ProviderError

PORTRAIT = ImageRequest("", "a woman with short silver hair and a red coat", "1:1", 1, "png")
CLIP = ClipRequest(
    "Wide shot, pan. A man sings on a pier at dusk", 4, "16:9", "720p", generate_audio=False, seed=5, label="scene-7"
)


def quiet(progress: float) -> None:
    assert 0.0 <= progress <= 1.0


def test_order_is_found_again_under_the_same_id() -> None:
    tag = str(uuid4())
    bought = SampleClips().submit(CLIP, tag)
    assert SampleClips().submit(CLIP, tag) == bought
    assert SampleClips().look_up(CLIP, tag, datetime.now(UTC)) == Found(bought)
    assert isinstance(SampleClips().poll(bought, CLIP), Ready)


def test_latency_passes_before_it_is_ready(settings: Settings) -> None:
    settings.MV_SAMPLE_LATENCY_SECONDS = 30.0
    fresh = SampleClips().submit(CLIP, str(uuid4()))
    state = SampleClips().poll(fresh, CLIP)
    assert isinstance(state, Pending)
    assert state.progress is not None
    assert state.progress < 0.5
    long_ago = SampleClips().look_up(CLIP, str(uuid4()), datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(SampleClips().poll(long_ago.provider_id, CLIP), Ready)


@pytest.mark.parametrize(
    ("name", "entry", "code"),
    [
        ("MV_SAMPLE_FAIL", "pier", "provider:call:failed"),
        ("MV_SAMPLE_FAIL", "clip:Pier", "provider:call:failed"),
        ("MV_SAMPLE_REFUSE", "clip:*", "provider:call:refused"),
    ],
)
def test_word_in_the_prompt_fails_or_is_refused_when_told(settings: Settings, name: str, entry: str, code: str) -> None:
    setattr(settings, name, [entry])
    with pytest.raises(ProviderError) as caught:
        SampleClips().poll("sample-x", CLIP)
    assert caught.value.code == code


def test_word_of_another_kind_does_not_matter(settings: Settings) -> None:
    settings.MV_SAMPLE_FAIL = ["image:pier", "lipsync:*"]
    assert isinstance(SampleClips().poll("sample-x", CLIP), Ready)


@pytest.mark.parametrize("shape", [("21:9", "720p", 8), ("16:9", "4k", 8), ("16:9", "720p", 5)])
def test_clip_of_an_unknown_shape_is_not_taken(shape: tuple[str, str, int]) -> None:
    request = ClipRequest("x", shape[2], shape[0], shape[1], generate_audio=False, seed=1)
    with pytest.raises(ProviderError) as caught:
        SampleClips().submit(request, "tag")
    assert caught.value.code == "provider:call:invalid"


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (1280, 720)), ("3:4", (896, 1152))])
def test_portrait_has_its_shape_and_format(tmp_path: Path, ratio: str, size: tuple[int, int]) -> None:
    target = tmp_path / "p.jpg"
    SamplePortraits().fetch("x", ImageRequest("", "a man in a hat", ratio, 2, "jpg"), target, quiet)
    with Image.open(target) as picture:
        assert (picture.format, picture.size) == ("JPEG", size)


def test_clip_carries_its_counter_its_length_and_its_sound(sample_clip: Path) -> None:
    expected = [(counter.label_hash("scene-7"), number) for number in range(96)]
    assert counter.read_video(sample_clip) == expected
    with av.open(str(sample_clip)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.pix_fmt, str(video.average_rate)) == ("h264", "yuv420p", "24")
        assert (audio.codec_context.name, audio.rate) == ("aac", 48000)
        assert container.duration == pytest.approx(4_000_000, abs=1)


def test_tall_clip_without_a_counter_when_set_so(tmp_path: Path, settings: Settings) -> None:
    settings.MV_SAMPLE_COUNTER = False
    target = tmp_path / "clip.mp4"
    request = ClipRequest("Medium shot. A robot sings in space", 4, "9:16", "720p", generate_audio=False, seed=1)
    SampleClips().fetch("x", request, target, quiet)
    assert set(counter.read_video(target)) == {None}
    assert isinstance(mouth_for(read_note(target), size=(720, 1280)), FaceMouth)
    with av.open(str(target)) as container:
        assert len(container.streams.audio) == 0
        assert (container.streams.video[0].width, container.streams.video[0].height) == (720, 1280)


def test_render_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    class Stopped(Exception):  # noqa: N818 - not an error: the caller's own way of saying stop
        pass

    def stop(progress: float) -> None:
        if progress > 0.05:
            raise Stopped

    with pytest.raises(Stopped):
        SampleClips().fetch("x", CLIP, tmp_path / "clip.mp4", stop)
    assert list(tmp_path.iterdir()) == []
