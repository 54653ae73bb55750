"""Whole jobs on Replicate: the real SDK against the stand-in, through the job engine, and never bought twice."""

import logging
import traceback
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from assets.models import CharacterReference, Video
from assets.services.characters import character_create_from_file
from generation import jobs
from generation.choices import CallOutcome, JobState
from generation.models import Job, ProviderCall
from generation.pipelines import engine
from generation.services.clips import clip_request
from generation.services.portraits import portraits_request
from mvsite.accounts.models import User
from tests.providers_server.replicate import TOKEN, Replicate
from tests.support.engine import drive, lose_lease, make_due, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]


def clip(owner: User, prompt: str, **words: Any) -> Job:
    return clip_request(owner=owner, parameters={"prompt": prompt, "duration": 8}, **words)


def outcomes(job: Job) -> list[str]:
    return list(job.calls.order_by("number").values_list("outcome", flat=True))


def error_code(job: Job) -> str:
    assert job.error is not None
    return str(job.error["code"])


def test_a_clip_is_bought_once_fetched_and_billed(owner: User, replicate: Replicate) -> None:
    job = drive(clip(owner, "a storm over the sea"))
    assert job.state == JobState.SUCCEEDED, job.error
    video = Video.objects.get(pk=job.reserved["video_id"])
    assert (video.width, video.height) == (320, 180)
    assert [each["model"] for each in replicate.creates] == ["google/veo-3.1"]
    sent = replicate.creates[0]["input"]
    assert {name: sent[name] for name in ("duration", "resolution", "aspect_ratio", "generate_audio")} == {
        "duration": 8, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": True,
    }  # fmt: skip
    assert float(job.cost_usd) == 3.2
    assert video.metadata["backend_used"] == "replicate"
    assert video.metadata["model_used"] == "google/veo-3.1"


def test_when_the_list_cannot_be_read_nothing_is_sent_and_a_person_decides(owner: User, replicate: Replicate) -> None:
    replicate.standin.faults.add("list-500")
    job = drive(clip(owner, "waves create-lost"), steps=8)
    assert (job.state, len(replicate.creates)) == (JobState.WAITING, 1)
    call = job.calls.get()
    ProviderCall.objects.filter(pk=call.pk).update(sent_at=call.sent_at - timedelta(hours=2))
    job = drive(job)
    assert (job.state, len(replicate.creates)) == (JobState.NEEDS_REVIEW, 1)


def test_twins_never_adopt_the_same_prediction(owner: User, replicate: Replicate) -> None:
    """Imagen takes no seed: four portraits are four equal orders, and here the answers of all are lost."""
    parent = portraits_request(owner=owner, character_description="A singer create-lost", num_images=4)
    replicate.page = 3
    work_off()
    parent.refresh_from_db()
    assert parent.state == JobState.SUCCEEDED, parent.error
    assert len(replicate.creates) == 4
    held = ProviderCall.objects.values_list("provider_id", flat=True)
    assert set(held) == {each["id"] for each in replicate.creates}
    assert CharacterReference.objects.count() == 4


def test_a_worker_killed_after_the_create_finds_it_again(
    owner: User, replicate: Replicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = clip(owner, "waves")

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "after_submit":
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("generation.pipelines.purchase.crash_point", die)
        make_due(job)
        with pytest.raises(Killed):
            engine.advance(job.pk)
    lose_lease(job)
    job = drive(job)
    assert job.state == JobState.SUCCEEDED
    assert outcomes(job) == [CallOutcome.RECONCILED]
    assert len(replicate.creates) == 1


def test_canceling_stops_it_at_the_provider(owner: User, replicate: Replicate) -> None:
    job = drive(clip(owner, "waves run-slow"), steps=4)
    assert job.state == JobState.WAITING
    jobs.request_cancel(job)
    job = drive(job)
    assert job.state == JobState.CANCELED
    assert [each["status"] for each in replicate.predictions.values()] == ["canceled"]


@pytest.mark.parametrize("words", ["run-fails", "run-nsfw", "run-aborted", "run-broken-off"])
def test_canceling_what_has_failed_there_already_costs_nothing(owner: User, replicate: Replicate, words: str) -> None:
    job = drive(clip(owner, f"waves {words}"), steps=1)
    for order in replicate.standin.orders:
        replicate.standin.look(order)
        replicate.standin.look(order)
        assert order.over
    jobs.request_cancel(job)
    job = drive(job)
    assert (job.state, float(job.cost_usd), float(job.held_usd)) == (JobState.CANCELED, 0, 0)
    assert replicate.standin.witness.invoice() == 0


def test_a_character_goes_along_and_forces_shape_and_length(owner: User, replicate: Replicate, tmp_path: Path) -> None:
    Image.effect_noise((700, 700), 90).save(tmp_path / "big.png")  # above 256 kB: uploaded
    singer = character_create_from_file(id=uuid.uuid4(), owner=owner, path=tmp_path / "big.png", description="x")
    job = clip_request(
        owner=owner,
        parameters={"prompt": "waves", "duration": 4, "aspect_ratio": "9:16", "generate_audio": False},
        character_reference_id=singer.pk,
    )
    assert float(job.estimated_cost_usd) == 1.6
    job = drive(job)
    assert job.state == JobState.SUCCEEDED, job.error
    sent = replicate.creates[0]["input"]
    assert (sent["aspect_ratio"], sent["duration"]) == ("16:9", 8)
    file = replicate.files[sent["reference_images"][0].rsplit("/", 1)[1]]
    assert file["checksums"]["sha256"] == singer.sha256
    warnings = Video.objects.get().metadata["warnings"]
    assert any("aspect_ratio" in each for each in warnings)
    assert any("duration" in each for each in warnings)
    assert float(job.cost_usd) == 1.6


def test_the_key_goes_to_the_api_only_and_is_never_written(
    owner: User, replicate: Replicate, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level(logging.DEBUG)
    for words in ("waves", "waves create-401", "waves create-lost-once", "waves read-500-once", "waves file-moved"):
        drive(clip(owner, words))
    settings.REPLICATE_BASE_URL = "http://127.0.0.1:9"
    drive(clip(owner, "waves to nowhere"), steps=3)
    outputs = [headers for _, path, headers in replicate.requests if path.startswith("/out/")]
    assert outputs
    assert all("authorization" not in {name.lower() for name in headers} for headers in outputs)
    written = [caplog.text, *(str(vars(record)) for record in caplog.records)]
    written += [str(job.error) + str(job.params) + str(job.result) for job in Job.objects.all()]
    written += ["".join(traceback.format_exception(*record.exc_info)) for record in caplog.records if record.exc_info]
    assert not [text for text in written if TOKEN in text]
