"""What each model is sent: every model's own names only, nothing dropped in silence, prices that follow."""

from dataclasses import replace
from pathlib import Path

import pytest

from generation.ports import LipSyncRequest
from generation.providers.prices import price_of
from generation.providers.replicate import inputs
from mvsite.common.errors import ProviderError
from tests.providers_server.replicate_models import TAKES, objection
from tests.support.replicate_requests import CLIP, PICTURE, wav


def lipsync(folder: Path, model: str, *, seconds: float = 4.0, sound: float = 4.0) -> LipSyncRequest:
    film = folder / "film.mp4"
    film.write_bytes(b"film")
    return LipSyncRequest(film, wav(folder / "window.wav", sound), seconds, model)


def test_every_model_of_the_stand_in_is_known_and_no_other() -> None:
    assert {*inputs.IMAGES, *inputs.CLIPS, *inputs.LIPSYNCS} == set(TAKES)


@pytest.mark.parametrize("model", inputs.IMAGES)
def test_portraits_pass_a_strict_check_and_say_what_was_left_out(model: str) -> None:
    made = inputs.portrait(replace(PICTURE, model=model))
    assert objection(model, dict(made.values)) == ""
    assert made.values["output_format"] == "jpg"
    assert {"seed", "negative_prompt", "person_generation"} <= set(made.not_sent)
    assert ("safety_filter_level" in made.values) != ("safety_filter_level" in made.not_sent)


@pytest.mark.parametrize("model", inputs.CLIPS)
@pytest.mark.parametrize("pictured", [False, True])
def test_clips_pass_a_strict_check(model: str, *, pictured: bool, tmp_path: Path) -> None:
    made = inputs.clip(replace(CLIP, model=model, reference=tmp_path / "x.png" if pictured else None))
    assert objection(model, {**made.values, **dict.fromkeys(made.files, "data:")}) == ""
    assert {"duration", "resolution", "aspect_ratio"} <= made.values.keys()


def test_a_character_forces_shape_and_length_where_the_model_needs_it(tmp_path: Path) -> None:
    made = inputs.clip(replace(CLIP, reference=tmp_path / "x.png"))
    assert (made.values["aspect_ratio"], made.values["duration"]) == ("16:9", 8)
    assert len(made.warnings) == 2
    first_frame = inputs.clip(replace(CLIP, model="google/veo-3.1-fast", reference=tmp_path / "x.png"))
    assert first_frame.values["duration"] == 4
    assert ["first frame" in each for each in first_frame.warnings] == [True]
    assert first_frame.files == {"image": tmp_path / "x.png"}


def test_the_light_model_says_what_it_cannot() -> None:
    made = inputs.clip(replace(CLIP, model="google/veo-3.1-lite"))
    assert made.not_sent == ("negative_prompt", "generate_audio")
    assert made.values["resolution"] == "720p"
    assert len(made.warnings) == 2


@pytest.mark.parametrize("model", inputs.LIPSYNCS)
def test_lip_syncs_pass_a_strict_check(model: str, tmp_path: Path) -> None:
    made = inputs.lipsync(lipsync(tmp_path, model))
    assert objection(model, {**made.values, **dict.fromkeys(made.files, "data:")}) == ""


def test_a_lip_sync_lasts_as_long_as_its_video(tmp_path: Path) -> None:
    assert inputs.lipsync(lipsync(tmp_path, "sync/lipsync-2", sound=6)).values == {"sync_mode": "cut_off"}
    assert inputs.lipsync(lipsync(tmp_path, "sync/lipsync-2", sound=2)).values == {"sync_mode": "silence"}


def test_a_portrait_or_clip_that_cannot_be_made_is_refused_before_anything_is_sent() -> None:
    for picture in (replace(PICTURE, output_format="webp"), replace(PICTURE, model="google/veo-3.1")):
        with pytest.raises(ProviderError, match="provider:call:invalid"):
            inputs.portrait(picture)
    for film in (replace(CLIP, seconds=5), replace(CLIP, aspect_ratio="1:1"), replace(CLIP, model="veo")):
        with pytest.raises(ProviderError, match="provider:call:invalid"):
            inputs.clip(film)


@pytest.mark.parametrize(("model", "seconds"), [("kwaivgi/kling-lip-sync", 12), ("sync/lipsync-9", 4)])
def test_a_lip_sync_that_cannot_be_made_is_refused(model: str, seconds: float, tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="provider:call:invalid"):
        inputs.lipsync(lipsync(tmp_path, model, seconds=seconds))


@pytest.mark.parametrize(
    ("model", "params", "usd"),
    [
        ("google/veo-3.1", {"duration": 8, "generate_audio": True}, "3.20"),
        ("google/veo-3.1", {"duration": 8, "generate_audio": False}, "1.60"),
        ("google/veo-3.1", {"duration": 4}, "1.60"),
        ("google/veo-3.1", {"duration": 4, "generate_audio": False, "character_reference_id": "x"}, "1.60"),
        ("google/veo-3.1-fast", {"duration": 6, "generate_audio": False}, "0.60"),
        ("google/veo-3.1-lite", {"duration": 8, "resolution": "720p"}, "0.40"),
        ("google/veo-3.1-lite", {"duration": 8, "resolution": "1080p"}, "0.64"),
        ("google/veo-3.1-lite", {"duration": 4, "resolution": "1080p"}, "0.20"),
        ("veo-3.1-generate-001", {"duration": 4, "generate_audio": False, "character_reference_id": "x"}, "1.60"),
        ("veo-3.1-fast-generate-001", {"duration": 8, "resolution": "720p"}, "0.80"),
        ("veo-3.1-fast-generate-001", {"duration": 8, "resolution": "1080p"}, "0.96"),
        ("veo-3.1-lite-generate-001", {"duration": 8, "resolution": "1080p"}, "0.64"),
        ("gemini-omni-1.2-flash", {"duration": 10, "resolution": "360p"}, "0.230"),
        ("gemini-omni-1.2-flash", {"duration": 8, "resolution": "720p"}, "0.56"),
        ("gemini-omni-1.2-flash", {"duration": 8, "resolution": "1080p"}, "0.840"),
        ("gemini-omni-1.2-flash", {"duration": 8, "resolution": "4k"}, "1.68"),
        ("google/imagen-4", {"aspect_ratio": "1:1"}, "0.04"),
        ("google/nano-banana-2", {"aspect_ratio": "1:1"}, "0.067"),
        ("google/nano-banana-pro", {"aspect_ratio": "1:1"}, "0.15"),
        ("sync/lipsync-2-pro", {"seconds": 8}, "0.66600"),
        ("bytedance/latentsync", {"seconds": 8}, "0.13"),
        ("sample-clip-1", {"duration": 8}, "0"),
    ],
)
def test_prices_follow_what_is_sent(model: str, params: dict[str, object], usd: str) -> None:
    assert str(price_of(model, params)) == usd
