"""A film that a person asks for, while the one that started by itself is under way."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from generation.choices import JobKind, JobState
from generation.jobs import Claim
from generation.models import Job, Project
from generation.pipelines import engine
from generation.selectors import project_snapshot, scenes_of, selected_take
from generation.services.clips import scene_clip_request
from generation.services.projects import project_create
from generation.services.runs import run_request
from generation.services.storyboard import scene_add
from mvsite.accounts.models import User
from tests.support.engine import make_due, work_off
from tests.support.quick_clips import FRAMES, QuickClips

# A step may take longer than a heartbeat, which cannot write while a test holds the whole database.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(owner: User) -> Project:
    made = project_create(owner=owner, idea="A quay at dawn", character_description="a woman in a red coat")
    for number in range(3):
        scene_add(project=made, description=f"The boat, {number}.")
    return made


def stitches() -> list[Job]:
    return list(Job.objects.filter(kind=JobKind.STITCH).order_by("created_at"))


def videos(project: Project) -> list[str]:
    takes = [selected_take(scene) for scene in scenes_of(project)]
    return [str(take.video_id) for take in takes if take is not None]


def ask(api: APIClient, project: Project, **words: Any) -> Any:
    body = {"project_id": str(project.pk), **words}
    return api.post("/api/mv/stitch-videos", body, format="json", HTTP_HOST="127.0.0.1")


def test_it_takes_the_place_of_the_automatic_one_and_the_run_waits_for_it(
    api: APIClient, project: Project, quick_clips: QuickClips
) -> None:
    run = run_request(project=project)
    work_off(until=lambda: bool(stitches()))
    answer = ask(api, project, video_ids=videos(project)[:2])
    assert answer.status_code == 202, answer.json()
    first, asked = stitches()
    assert (first.state, asked.state, asked.parent_id) == (JobState.CANCELED, JobState.QUEUED, run.pk)
    again = ask(api, project, video_ids=videos(project)[:1])
    assert (again.status_code, again.json()["code"]) == (409, "user:scene:busy")
    work_off()
    run.refresh_from_db()
    project.refresh_from_db()
    assert run.state == JobState.SUCCEEDED
    assert str(project.final_video_id) == answer.json()["video_id"]
    assert project.final_video is not None
    assert project.final_video.frames == 2 * FRAMES
    assert project_snapshot(project)["final_stale"]
    assert len(quick_clips.made) == 3
    assert len(stitches()) == 2


def test_the_very_film_that_is_under_way_is_not_begun_anew(
    api: APIClient, project: Project, quick_clips: QuickClips
) -> None:
    for scene in scenes_of(project):
        scene_clip_request(scene=scene)
    work_off(until=lambda: bool(stitches()))
    answer = api.post(f"/api/mv/projects/{project.pk}/stitch", HTTP_HOST="127.0.0.1")
    (automatic,) = stitches()
    assert (answer.status_code, answer.json()["id"]) == (202, str(automatic.pk))
    work_off()
    project.refresh_from_db()
    assert str(project.final_video_id) == answer.json()["video_id"]


def test_one_that_loses_its_place_while_its_last_frames_are_written_does_not_become_the_film(
    api: APIClient, project: Project, quick_clips: QuickClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_request(project=project)
    work_off(until=lambda: bool(stitches()))
    (first,) = stitches()
    answers = []
    written = Claim.succeed

    def late(claim: Any, finish: Any) -> None:
        if claim.job.pk == first.pk:
            answers.append(ask(api, project, video_ids=videos(project)[:1]).status_code)
        written(claim, finish)

    monkeypatch.setattr(Claim, "succeed", late)
    for _ in range(20):
        if answers:
            break
        make_due(first)
        engine.advance(first.pk)
    first.refresh_from_db()
    project.refresh_from_db()
    assert answers == [202]
    assert (first.state, project.final_video) == (JobState.SUCCEEDED, None)
    work_off()
    project.refresh_from_db()
    assert project.final_video is not None
    assert project.final_video.frames == FRAMES


def again(api: APIClient, job: Job) -> Any:
    return api.post(f"/api/mv/jobs/{job.pk}/retry", HTTP_HOST="127.0.0.1")


def gave_way(api: APIClient, project: Project) -> tuple[Job, Job]:
    """Let a film that started by itself give its place to one that is asked for; give both."""
    run_request(project=project)
    work_off(until=lambda: bool(stitches()))
    assert ask(api, project, video_ids=videos(project)[:2]).status_code == 202
    first, asked = stitches()
    return first, asked


def test_one_that_gave_its_place_is_the_film_after_all_when_the_other_came_to_nothing(
    api: APIClient, project: Project, quick_clips: QuickClips
) -> None:
    first, asked = gave_way(api, project)
    assert (again(api, first).status_code, again(api, first).json()["code"]) == (409, "user:scene:busy")
    assert api.post(f"/api/mv/jobs/{asked.pk}/cancel", HTTP_HOST="127.0.0.1").status_code == 200
    answer = again(api, first)
    assert (answer.status_code, answer.json()["automatic"]) == (202, False), answer.json()
    refused = ask(api, project, video_ids=videos(project)[:1])
    assert (refused.status_code, refused.json()["code"]) == (409, "user:scene:busy")  # a person asked for it now
    work_off()
    project.refresh_from_db()
    assert str(project.final_video_id) == first.params["video_id"]
    assert project.final_video is not None
    assert project.final_video.frames == 3 * FRAMES
    assert not project_snapshot(project)["final_stale"]


def test_an_old_film_does_not_take_the_place_of_a_newer_one(
    api: APIClient, project: Project, quick_clips: QuickClips
) -> None:
    first, asked = gave_way(api, project)
    work_off()
    answer = again(api, first)
    assert (answer.status_code, answer.json()["code"]) == (409, "user:job:superseded")
    assert "Re-stitch" in answer.json()["next_step"]
    first.refresh_from_db()
    project.refresh_from_db()
    assert (first.state, first.unique_key) == (JobState.CANCELED, "")
    assert str(project.final_video_id) == asked.params["video_id"]
