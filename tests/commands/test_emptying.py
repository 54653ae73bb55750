"""Projects and scenes that lay in the trash: `cleanup` deletes them, and only them; what they cost stays written."""

import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import CharacterReference, Video, VideoKind
from generation import events
from generation.choices import JobState
from generation.models import Event, EventStream, Job, Project, ProviderCall, Scene, SceneVersion, Share, Take
from generation.services.storyboard import scene_add
from mvsite.accounts.models import User
from tests.support.old_files import a_row, said
from tests.support.rows import a_job, a_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vault(settings: Settings, data_dir: Path) -> Path:
    settings.MV_TRASH_DAYS = 30.0
    settings.MV_KEEP_DAYS = {}
    return data_dir / "media"


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def a_film_of(owner: User, *, thrown_days: float | None) -> tuple[Project, Take, Video]:
    """Make a project with a song, a face, a take, a finished video, a bill and an event."""
    project = a_project(owner, audio=a_row("audio", owner), character_reference=a_row("character", owner))
    scene = scene_add(project=project, description="rain")
    take = Take.objects.create(scene=scene, number=1, video=a_row("video", owner))
    final = a_row("video", owner, kind=VideoKind.STITCHED)
    job = a_job(owner, project=project, scene=scene)
    Job.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, finished_at=timezone.now(), cost_usd=2)
    call: dict[str, Any] = {"job": job, "owner": owner, "number": 1, "provider": "sample", "model": "x"}
    ProviderCall.objects.create(**call, request_hash="x", cost_usd=2)
    events.record("job.succeeded", stream=project.pk, data={}, job=job)
    Project.objects.filter(pk=project.pk).update(
        final_video=final, trashed_at=None if thrown_days is None else ago(thrown_days)
    )
    return project, take, final


def test_a_project_goes_after_its_time_and_its_clips_go_to_the_trash(owner: User, api: APIClient) -> None:
    project, take, final = a_film_of(owner, thrown_days=31)
    rehearsed = said(dry_run=True)
    assert rehearsed == [f"deleted project: {project.pk}", "1 deleted project; 0.0 MB"]
    assert said() == rehearsed
    assert not Project.objects.exists()
    assert not Scene.objects.exists()
    assert not SceneVersion.objects.exists()
    assert not EventStream.objects.filter(pk=project.pk).exists()
    thrown = Video.objects.exclude(trashed_at=None)
    assert {video.pk for video in thrown} == {take.video_id, final.pk}
    assert api.post(f"/api/mv/videos/{final.pk}/restore").status_code == 200
    assert CharacterReference.objects.get().trashed_at is None
    assert [str(project.audio_id)] == [each["id"] for each in api.get("/api/audio/").json()["results"]]
    assert said() == ["nothing; 0.0 MB"]


def test_what_it_cost_stays_in_the_ledger(owner: User, api: APIClient) -> None:
    a_film_of(owner, thrown_days=31)
    said()
    call = ProviderCall.objects.get()
    assert call.cost_usd == call.job.cost_usd == Decimal(2)
    assert call.job.project is None
    assert Event.objects.count() == 0


@pytest.mark.parametrize("days", [29.0, None])
def test_a_project_stays_until_its_time(owner: User, api: APIClient, days: float | None) -> None:
    project, take, _ = a_film_of(owner, thrown_days=days)
    assert said() == ["nothing; 0.0 MB"]
    assert api.post(f"/api/mv/projects/{project.pk}/restore").status_code == 200
    assert Take.objects.get() == take


def test_a_project_with_work_or_an_open_link_stays(owner: User) -> None:
    working, _, _ = a_film_of(owner, thrown_days=31)
    a_job(owner, project=working)
    shared, _, _ = a_film_of(owner, thrown_days=31)
    share = Share.objects.create(owner=owner, project=shared, expires_at=ago(-1))
    assert said() == ["nothing; 0.0 MB"]
    Share.objects.filter(pk=share.pk).update(revoked_at=timezone.now())
    assert said()[0] == f"deleted project: {shared.pk}"
    Job.objects.filter(project=working).update(state=JobState.CANCELED, finished_at=timezone.now())
    assert said()[0] == f"deleted project: {working.pk}"


def test_what_another_project_a_link_or_a_heart_holds_is_not_thrown_away(owner: User) -> None:
    _, take, final = a_film_of(owner, thrown_days=31)
    Share.objects.create(owner=owner, video=final, expires_at=ago(-1))
    Video.objects.filter(pk=take.video_id).update(favourite=True)
    said()
    assert not Project.objects.exists()
    assert not Video.objects.exclude(trashed_at=None).exists()


def test_a_restored_project_survives_a_run_that_had_planned_for_it(owner: User) -> None:
    from generation.services import cleaning

    project, _, _ = a_film_of(owner, thrown_days=31)
    steps = list(cleaning.cleanup_plan())
    Project.objects.update(trashed_at=None)
    assert [(step.what, step.do()) for step in steps] == [(str(project.pk), False)]
    assert Project.objects.get() == project


def test_scenes_in_the_trash_go_too(owner: User) -> None:
    project, take, _ = a_film_of(owner, thrown_days=None)
    extra = scene_add(project=project, description="snow")
    newer = scene_add(project=project, description="fog")
    shot = Take.objects.create(scene=extra, number=1, video=a_row("video", owner))
    Scene.objects.filter(pk=extra.pk).update(trashed_at=ago(31))
    Scene.objects.filter(pk=newer.pk).update(trashed_at=ago(29))
    assert said() == [f"deleted scene: {extra.pk}", "1 deleted scene; 0.0 MB"]
    assert set(Scene.objects.values_list("pk", flat=True)) == {take.scene_id, newer.pk}
    assert Video.objects.get(pk=shot.video_id).trashed_at is not None


@pytest.mark.parametrize("how", [{"expires_at": -1}, {"expires_at": 1}, {"expires_at": -1, "revoked_at": 0}])
def test_a_video_stays_while_a_link_to_it_is_open(owner: User, settings: Settings, how: dict[str, float]) -> None:
    settings.MV_KEEP_DAYS = {"clip": 5.0}
    expires, thrown = a_row("video", owner, days=6), a_row("video", owner, days=40, trashed_days=31)
    for video in (expires, thrown):
        Share.objects.create(owner=owner, video=video, **{name: ago(days) for name, days in how.items()})
    is_open = how == {"expires_at": -1}
    assert (said() == ["nothing; 0.0 MB"]) is is_open
    assert Video.objects.filter(pk=thrown.pk).exists() is is_open
    assert (Video.objects.get(pk=expires.pk).trashed_at is None) is is_open


def test_a_project_that_is_nobodys_any_more_is_told_as_unknown(owner: User, api: APIClient) -> None:
    project, _, _ = a_film_of(owner, thrown_days=31)
    said()
    assert api.post(f"/api/mv/projects/{project.pk}/restore").status_code == 404
    assert api.get(f"/api/mv/projects/{uuid.uuid4()}").status_code == 404


def test_a_take_that_a_person_uploaded_stays_in_the_library(owner: User) -> None:
    _, take, final = a_film_of(owner, thrown_days=31)
    Video.objects.filter(pk=take.video_id).update(kind=VideoKind.UPLOAD)
    said()
    assert not Project.objects.exists()
    assert [video.pk for video in Video.objects.exclude(trashed_at=None)] == [final.pk]


def test_a_scene_leaves_the_take_that_a_person_uploaded(owner: User) -> None:
    _, take, _ = a_film_of(owner, thrown_days=None)
    Video.objects.filter(pk=take.video_id).update(kind=VideoKind.UPLOAD)
    Scene.objects.update(trashed_at=ago(31))
    assert said()[0] == f"deleted scene: {take.scene_id}"
    assert Video.objects.get(pk=take.video_id).trashed_at is None
