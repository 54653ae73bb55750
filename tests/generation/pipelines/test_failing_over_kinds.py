"""Stepping in for portraits, lip-syncs and writers, and for a provider that is down: real SDKs, stand-ins."""

import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import AudioSource, CharacterReference, Video, VideoKind
from assets.services.audio import audio_create_from_file
from assets.services.videos import video_create_from_file
from generation.choices import JobState
from generation.models import Job, SceneGeneration
from mvsite.accounts.models import User
from tests.providers_server.google import Google
from tests.providers_server.replicate import Replicate
from tests.providers_server.standin import Standin
from tests.support.clips import marker_clip, tone
from tests.support.engine import drive, work_off
from tests.support.orders import bought, clip, code, ledger, spoil, started
from tests.support.rows import a_project

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback, pytest.mark.usefixtures("generous")]
OMNI, VEO, FAST = "gemini-omni-1.2-flash", "google/veo-3.1", "google/veo-3.1-fast"


@pytest.fixture
def film_and_song(owner: User, tmp_path: Path) -> dict[str, str]:
    """Keep a short film and a song, both real."""
    film = video_create_from_file(
        id=uuid.uuid4(), owner=owner, kind=VideoKind.CLIP, path=marker_clip(tmp_path / "clip.mp4", seconds=4)
    )
    song = tone(tmp_path / "song.wav", seconds=6)
    sound = audio_create_from_file(id=uuid.uuid4(), owner=owner, path=song, source=AudioSource.UPLOAD)
    return {"video_id": str(film.pk), "audio_id": str(sound.pk)}


def test_portraits_fail_over_one_by_one(api: APIClient, replicate: Replicate) -> None:
    replicate.standin.faults.add("create-404", provider="replicate", times=1)
    parent = started(api, "generate_character_reference", character_description="A singer", num_images=2)
    work_off()
    parent.refresh_from_db()
    assert parent.state == JobState.SUCCEEDED, parent.error
    made = {each.metadata["model_used"] for each in CharacterReference.objects.all()}
    assert made == {"google/imagen-4", "google/imagen-4-fast"}
    assert parent.result is not None
    assert any("google/imagen-4-fast (replicate) took over" in say for say in parent.result["metadata"]["warnings"])
    assert sorted(child.cost_usd for child in parent.children.all()) == [Decimal("0.02"), Decimal("0.04")]


def test_lip_syncs_fail_over_when_the_model_is_gone(
    api: APIClient, replicate: Replicate, film_and_song: dict[str, str]
) -> None:
    replicate.standin.faults.add("create-404", provider="replicate", times=1)
    job = drive(started(api, "lipsync", **film_and_song))
    assert job.state == JobState.SUCCEEDED, job.error
    assert ledger(job) == [
        ("sync/lipsync-2", "refused", "provider:call:gone"), ("kwaivgi/kling-lip-sync", "accepted", ""),
    ]  # fmt: skip
    assert Video.objects.get(pk=job.reserved["video_id"]).metadata["model_used"] == "kwaivgi/kling-lip-sync"


@pytest.mark.parametrize(
    ("fault", "why"), [("write-404", "provider:call:gone"), ("write-429-day", "provider:call:credit")]
)
def test_scene_writing_fails_over_to_another_model(api: APIClient, google: Google, fault: str, why: str) -> None:
    google.standin.faults.add(fault, provider="gemini", times=1)
    words = {"idea": "A storm", "character_description": "A singer", "number_of_scenes": 3}
    job = drive(started(api, "create_scenes", **words))
    assert job.state == JobState.SUCCEEDED, job.error
    assert ledger(job) == [("gemini-3.8-flash", "refused", why), ("gemini-3.5-flash-lite", "accepted", "")]
    metadata = SceneGeneration.objects.get(pk=job.reserved["generation_id"]).metadata
    assert metadata["backend_used"] == "gemini"
    assert any("gemini-3.5-flash-lite (gemini) took over" in say for say in metadata["warnings"])


def test_a_busy_writer_is_left_only_for_another_account(api: APIClient, google: Google) -> None:
    google.standin.faults.add("write-503", provider="gemini", times=2)
    words = {"idea": "A storm", "character_description": "A singer", "number_of_scenes": 3}
    job = drive(started(api, "create_scenes", **words))
    assert (job.state, job.model) == (JobState.SUCCEEDED, "gemini-3.8-flash")


def test_a_create_that_never_arrives_is_given_up_here_and_ordered_there(api: APIClient, providers: Standin) -> None:
    spoil(providers, "create-dropped")
    job = clip(api, "waves")
    assert (job.state, job.model) == (JobState.SUCCEEDED, OMNI)
    assert [outcome for _, outcome, _ in ledger(job)] == ["abandoned", "abandoned", "accepted"]
    assert bought(providers) == {"replicate": 0, "gemini": 1}


def test_a_shut_account_stops_the_scene_writer_too(api: APIClient, google: Google) -> None:
    google.standin.faults.add("write-400-key", provider="gemini")
    words = {"idea": "A storm", "character_description": "A singer", "number_of_scenes": 3}
    job = drive(started(api, "create_scenes", **words))
    assert (job.state, code(job), len(ledger(job))) == (JobState.FAILED, "provider:call:auth", 1)


def test_five_failures_in_a_minute_put_another_first(api: APIClient, providers: Standin, settings: Settings) -> None:
    address, settings.REPLICATE_BASE_URL = settings.REPLICATE_BASE_URL, "http://127.0.0.1:9"
    for _ in range(2):
        drive(started(api, "generate_video", prompt="waves", backend="replicate"), steps=3)
    settings.REPLICATE_BASE_URL = address
    job = started(api, "generate_video", prompt="waves")
    assert (job.provider, job.params["stand_ins"]) == ("gemini", [])
    assert job.params["warnings"] == [f"replicate is down at the moment; {OMNI} makes it instead of {VEO}."]
    named = started(api, "generate_video", prompt="waves", model=VEO)
    assert named.model == VEO
    assert started(api, "generate_video", prompt="waves", seed=2).model == VEO  # nobody else takes a seed there
    assert drive(named).state == JobState.SUCCEEDED
    assert started(api, "generate_video", prompt="waves").model == VEO  # one that went well ends it


def test_what_waits_for_a_provider_that_is_down_is_handed_on_without_asking_it(
    api: APIClient, providers: Standin, settings: Settings
) -> None:
    waiting = started(api, "generate_video", prompt="waves")
    address, settings.REPLICATE_BASE_URL = settings.REPLICATE_BASE_URL, "http://127.0.0.1:9"
    for _ in range(2):
        drive(started(api, "generate_video", prompt="waves", backend="replicate"), steps=3)
    settings.REPLICATE_BASE_URL = address
    assert drive(waiting).model == OMNI
    assert [outcome for _, outcome, _ in ledger(waiting)] == ["accepted"]


@pytest.mark.parametrize(("words", "state"), [({"fail_over": "never"}, "failed"), ({}, "succeeded")])
def test_a_run_lets_its_parts_fail_over_as_it_was_told(
    api: APIClient, owner: User, providers: Standin, words: dict[str, str], state: str
) -> None:
    spoil(providers, "create-402")
    project = a_project(owner, scenes=1, character_description="x")
    answer = api.post(f"/api/mv/projects/{project.pk}/run", words, format="json")
    assert answer.status_code == 202, answer.json()
    work_off()
    run = Job.objects.get(pk=answer.json()["id"])
    assert (run.state, bought(providers)["gemini"]) == (state, int(state == "succeeded"))
    assert state == "succeeded" or code(run) == "provider:call:credit"
