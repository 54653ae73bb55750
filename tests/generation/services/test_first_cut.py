"""Clips that were started one by one become a first video by themselves, once every scene has been tried."""

import pytest

from assets.models import Video, VideoKind
from generation import jobs
from generation.choices import JobKind
from generation.models import Job, Project
from generation.selectors import scenes_of, selected_take
from generation.services.clips import scene_clip_request
from generation.services.scenes import scene_edit
from generation.services.stitch import project_stitch
from mvsite.accounts.models import User
from tests.support.engine import work_off
from tests.support.quick_clips import FRAMES, QuickClips
from tests.support.rows import a_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(owner: User) -> Project:
    return a_project(owner, scenes=3)


def shoot(project: Project, *numbers: int) -> list[Job]:
    scenes = list(scenes_of(project))
    started = [scene_clip_request(scene=scenes[number]) for number in numbers]
    work_off()
    project.refresh_from_db()
    return started


def stitches(project: Project) -> int:
    return project.jobs.filter(kind=JobKind.STITCH).count()


def test_the_last_missing_clip_starts_the_video(project: Project, quick_clips: QuickClips) -> None:
    shoot(project, 0, 1)
    assert stitches(project) == 0
    shoot(project, 2)
    assert project.final_video is not None
    assert project.final_video.frames == 3 * FRAMES


def test_a_last_clip_that_fails_is_left_out_and_named(project: Project, quick_clips: QuickClips) -> None:
    quick_clips.failing = {"text 2"}
    shoot(project, 0, 1, 2)
    assert project.final_video is not None
    assert project.final_video.frames == 2 * FRAMES
    assert project.final_video.metadata["warnings"] == ["Scene 3 has no clip and was left out."]


def test_a_lip_synced_scene_that_comes_too_early_is_named(project: Project, quick_clips: QuickClips) -> None:
    quick_clips.failing = {"text 1"}
    shoot(project, 0, 1, 2)
    last = selected_take(list(scenes_of(project))[2])
    assert last is not None
    Video.objects.filter(pk=last.video_id).update(kind=VideoKind.LIPSYNC)
    project_stitch(project=project)
    work_off()
    project.refresh_from_db()
    assert project.final_video is not None
    assert project.final_video.metadata["warnings"] == [
        "Scene 2 has no clip and was left out.",
        "Scene 3 comes earlier than its part of the song, because a scene before it is missing: its lips do not fit.",
    ]


def test_nothing_is_cut_when_no_clip_could_be_made(project: Project, quick_clips: QuickClips) -> None:
    quick_clips.failing = {"text"}
    shoot(project, 0, 1, 2)
    assert stitches(project) == 0


def test_a_last_clip_that_is_canceled_holds_nobody_up(project: Project, quick_clips: QuickClips) -> None:
    shoot(project, 0, 1)
    job = scene_clip_request(scene=list(scenes_of(project))[2])
    Job.objects.filter(pk=job.pk).update(steps=1)  # begun, so that the engine ends it
    jobs.request_cancel(job)
    work_off()
    project.refresh_from_db()
    assert project.final_video is not None


def test_a_new_take_of_a_finished_video_waits_for_the_person(project: Project, quick_clips: QuickClips) -> None:
    shoot(project, 0, 1, 2)
    scene_edit(scene=next(iter(scenes_of(project))), description="Other words")
    shoot(project, 0)
    assert stitches(project) == 1
