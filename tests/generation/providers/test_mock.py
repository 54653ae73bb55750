"""Mock mode: every clip is a film of a folder, says so, costs nothing, and stays what it was."""

import logging
import uuid
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.models import Job, ProviderCall
from mvsite.env import SettingError
from mvsite.settings.providers import seconds_from_to
from tests.support.clips import marker_clip
from tests.support.engine import work_off

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("dawn.mp4", "dusk.mp4", "NOON.MP4")


@pytest.fixture
def films(settings: Settings, tmp_path: Path) -> Path:
    """Turn mock mode on, with three different films in the folder, and something that is none."""
    folder = tmp_path / "films"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        marker_clip(folder / name, seconds=1 + number, size=(160, 90))
    (folder / "notes.txt").write_text("not a film")
    settings.MOCK_VID_GENS, settings.MOCK_VIDEOS_DIR, settings.MOCK_DELAY_SECONDS = True, folder, (0.0, 0.0)
    return folder


def ordered(api: APIClient, **body: Any) -> dict[str, Any]:
    answer = api.post("/api/mv/generate_video", {"prompt": "A storm", "seed": 1, **body}, format="json")
    assert answer.status_code == 202, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def made(api: APIClient, **body: Any) -> dict[str, Any]:
    job = ordered(api, **body)
    work_off()
    told = api.get(f"/api/mv/jobs/{job['id']}").json()
    assert told["state"] == "succeeded", told["error"]
    result: dict[str, Any] = told["result"]
    return result


def bytes_of(api: APIClient, video_id: str) -> bytes:
    answer = api.get(f"/api/mv/get_video/{video_id}")
    assert answer.status_code == 200
    return answer.getvalue()


def test_a_clip_is_a_film_of_the_folder_and_says_so(api: APIClient, films: Path) -> None:
    told = made(api, negative_prompt="rain", duration=6)
    metadata = told["metadata"]
    assert (metadata["backend_used"], metadata["model_used"], metadata["is_mock"]) == ("mock", "mock", True)
    assert metadata["mock_video_source"] in NAMES
    assert metadata["parameters_used"]["duration"] == 6
    assert metadata["parameters_not_sent"] == metadata["warnings"] == []
    assert bytes_of(api, told["video_id"]) == (films / metadata["mock_video_source"]).read_bytes()
    assert api.get(f"/api/mv/get_video/{told['video_id']}/info").json()["is_mock"] is True
    assert ProviderCall.objects.get().cost_usd == Job.objects.get().cost_usd == 0


def test_prompt_and_seed_decide_which_film(api: APIClient, films: Path) -> None:
    def source(**body: Any) -> Any:
        return made(api, **body)["metadata"]["mock_video_source"]

    assert source() == source()
    assert {source(prompt=f"Storm {number}") for number in range(4)} == set(NAMES)
    assert len({source(seed=number) for number in range(3)}) > 1


def test_every_id_keeps_its_clip_whatever_becomes_of_the_folder(api: APIClient, films: Path) -> None:
    first = made(api)
    source = films / first["metadata"]["mock_video_source"]
    kept = source.read_bytes()
    marker_clip(source, seconds=4, size=(160, 90))
    second = made(api)
    assert first["video_path"] != second["video_path"]
    for film in films.iterdir():
        film.unlink()
    assert bytes_of(api, first["video_id"]) == kept != bytes_of(api, second["video_id"])


def test_an_empty_folder_gives_way_to_the_sample_provider(api: APIClient, films: Path) -> None:
    for name in NAMES:
        (films / name).unlink()
    metadata = made(api, duration=4)["metadata"]
    assert (metadata["backend_used"], metadata["is_mock"], metadata["mock_video_source"]) == ("mock", True, "sample")
    assert (metadata["width"], metadata["video_duration_seconds"]) == (1280, 4.0)


def test_the_wait_is_pretended_and_reading_has_none(api: APIClient, films: Path, settings: Settings) -> None:
    settings.MOCK_DELAY_SECONDS = (3000.0, 3500.0)
    job = Job.objects.get(pk=ordered(api)["id"])
    steps = iter(range(20))
    work_off(until=lambda: next(steps, None) is None)
    job.refresh_from_db()
    assert (job.state, job.stage) == ("waiting", "the provider is working")
    settings.MOCK_DELAY_SECONDS = (0.0, 0.0)
    work_off()
    settings.MOCK_DELAY_SECONDS = (3000.0, 3500.0)
    assert bytes_of(api, job.reserved["video_id"])


def test_the_characters_id_is_checked_as_ever(api: APIClient, films: Path) -> None:
    told = made(api, character_reference_id=str(uuid.uuid4()))
    assert told["character_reference_warning"]
    assert told["metadata"]["character_reference_id"] is None


@pytest.mark.parametrize("named", [{"backend": "replicate"}, {"backend": "sample"}, {"model": "google/veo-3.1"}, {}])
def test_nobody_real_is_asked_whoever_is_named(
    api: APIClient, films: Path, settings: Settings, named: dict[str, str]
) -> None:
    settings.REPLICATE_API_TOKEN = "r8_a-key-for-tests"
    settings.REPLICATE_BASE_URL = "http://127.0.0.1:9"  # whoever asks there fails
    assert made(api, **named)["metadata"]["backend_used"] == "mock"
    assert api.post("/api/mv/generate_video", {"prompt": "x", "model": "veo-9"}, format="json").status_code == 400


def test_the_three_steps_are_logged(
    api: APIClient, films: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MOCK_DELAY_SECONDS = (5.0, 10.0)
    caplog.set_level(logging.DEBUG, logger="mv.events")
    ordered(api)
    steps = iter(range(4))
    work_off(until=lambda: next(steps, None) is None)
    told = {record.msg: record for record in caplog.records if record.msg.startswith("mock_")}
    assert list(told) == ["mock_mode_enabled", "mock_video_selected", "mock_delay"]
    for record in told.values():
        assert record.__dict__["source"] in NAMES
        assert 5 <= record.__dict__["seconds"] <= 10


def test_a_film_that_is_none_fails_the_clip_with_the_reason(api: APIClient, films: Path) -> None:
    for name in NAMES:
        (films / name).write_bytes(b"no film at all")
    job = ordered(api)
    work_off()
    told = api.get(f"/api/mv/jobs/{job['id']}").json()
    assert (told["state"], told["error"]["code"]) == ("failed", "media:file:type")


def test_providers_pages_and_doctor_tell_the_mode(api: APIClient, films: Path, settings: Settings) -> None:
    told = api.get("/api/mv/providers").json()
    assert told["roles"]["clip.default"] == ["mock"]
    assert "mock" in [each["name"] for each in told["providers"]]
    assert "Mock mode" in api.get("/create/").content.decode()
    settings.MOCK_VID_GENS = False
    assert "mock" not in [each["name"] for each in api.get("/api/mv/providers").json()["providers"]]
    assert "Mock mode" not in api.get("/create/").content.decode()


@pytest.mark.parametrize("words", ["10-5", "soon", "-1", "5-", "1-99999"])
def test_a_wait_that_makes_no_sense_is_refused_at_the_start(words: str) -> None:
    with pytest.raises(SettingError, match="MOCK_DELAY_SECONDS"):
        seconds_from_to(words)


def test_a_wait_is_from_to_or_always_the_same() -> None:
    assert (seconds_from_to("5-10"), seconds_from_to("2.5")) == ((5.0, 10.0), (2.5, 2.5))
