"""The whole job of one project, and what happens when a part of it fails."""

import pytest

from assets.models import Video
from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Event, Job, Project
from generation.pipelines import engine
from generation.pipelines import run as run_pipeline
from generation.pipelines.run import Run
from generation.selectors import clips_under_way, project_snapshot, scenes_of, selected_take
from generation.services.clips import clip_request, scene_clip_request
from generation.services.portraits import portraits_request
from generation.services.projects import project_create
from generation.services.runs import run_request
from generation.services.scenes import scene_edit, take_select
from generation.services.stitch import project_stitch
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError, UserError
from tests.support.engine import make_due, work_off
from tests.support.quick_clips import FRAMES, QuickClips

# A step may take longer than a heartbeat, which cannot write while a test holds the whole database.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(owner: User) -> Project:
    return project_create(
        owner=owner,
        idea="A rowing boat crosses a lake at dusk",
        character_description="a woman in a red coat",
        number_of_scenes=3,
        seed=11,
    )


def run(project: Project) -> Job:
    job = run_request(project=project)
    work_off()
    job.refresh_from_db()
    project.refresh_from_db()
    return job


def film_of(project: Project) -> Video:
    assert project.final_video is not None
    return project.final_video


def test_a_run_writes_shoots_and_cuts(project: Project, quick_clips: QuickClips) -> None:
    job = run(project)
    assert job.state == JobState.SUCCEEDED
    film = film_of(project)
    assert (film.frames, film.metadata["num_videos_stitched"]) == (3 * FRAMES, 3)
    assert len({request.prompt for request in quick_clips.made}) == 3
    snapshot = project_snapshot(project)
    assert [scene["index"] for scene in snapshot["scenes"]] == [0, 1, 2]
    assert not snapshot["final_stale"]
    assert snapshot["cursor"] == Event.objects.filter(stream=project.pk).count()


def test_a_second_run_makes_nothing_anew(project: Project, quick_clips: QuickClips) -> None:
    run(project)
    film = project.final_video_id
    assert run(project).state == JobState.SUCCEEDED
    assert (len(quick_clips.made), project.final_video_id) == (3, film)


def test_one_refused_scene_stops_nothing_else_and_the_next_run_makes_only_that(
    project: Project, quick_clips: QuickClips
) -> None:
    run_request(project=project)
    work_off(until=project.scenes.exists)
    second = scenes_of(project)[1]
    assert second.current is not None
    quick_clips.failing = {second.current.description}
    work_off()
    project.refresh_from_db()
    film = film_of(project)
    assert film.frames == 2 * FRAMES
    assert film.metadata["warnings"] == ["Scene 2 has no clip and was left out."]
    ended = Job.objects.get(project=project, kind=JobKind.RUN)
    assert ended.result is not None
    assert ended.result["scenes_left_out"] == [1]
    quick_clips.failing = set()
    run(project)
    assert len(quick_clips.made) == 3
    assert film_of(project).frames == 3 * FRAMES


def test_a_run_fails_with_the_reason_when_no_clip_could_be_made(project: Project, quick_clips: QuickClips) -> None:
    quick_clips.failing = {""}
    job = run(project)
    assert job.error is not None
    assert (job.state, job.error["code"]) == (JobState.FAILED, "provider:call:refused")
    quick_clips.failing = set()
    jobs.retry(job)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_the_same_seed_asks_for_the_same_scenes_and_seeds(owner: User, quick_clips: QuickClips) -> None:
    words = {"idea": "A fox in the snow", "character_description": "a fox", "number_of_scenes": 3, "seed": 5}
    for _ in range(2):
        run(project_create(owner=owner, **words))
    first, second = quick_clips.made[:3], quick_clips.made[3:]
    asked = [sorted((one.prompt, one.seed, one.label) for one in made) for made in (first, second)]
    assert asked[0] == asked[1]


def test_a_new_take_makes_the_film_stale_and_a_stitch_mends_it(project: Project, quick_clips: QuickClips) -> None:
    run(project)
    scene = scenes_of(project)[0]
    scene_clip_request(scene=scene)
    work_off()
    assert project_snapshot(project)["final_stale"]
    project_stitch(project=project)
    work_off()
    project.refresh_from_db()
    assert not project_snapshot(project)["final_stale"]


def test_a_pick_counts_until_a_new_take_comes(project: Project, quick_clips: QuickClips) -> None:
    run(project)
    scene = scenes_of(project)[0]
    first = selected_take(scene)
    assert first is not None
    scene_clip_request(scene=scene)
    work_off()
    scene = scenes_of(project)[0]
    newest = selected_take(scene)
    assert newest is not None
    assert newest.number == 2
    picked = selected_take(take_select(scene=scene, video_id=first.video_id))
    assert picked == first


def test_an_edit_makes_the_take_stale(project: Project, quick_clips: QuickClips) -> None:
    run(project)
    scene_edit(scene=scenes_of(project)[0], description="The boat is empty.")
    takes = project_snapshot(project)["scenes"][0]["takes"]
    assert [take["stale"] for take in takes] == [True]


def test_two_takes_of_a_scene_are_not_made_at_once(project: Project, quick_clips: QuickClips) -> None:
    run(project)
    scene = scenes_of(project)[0]
    scene_clip_request(scene=scene)
    with pytest.raises(UserError, match="user:scene:busy"):
        scene_clip_request(scene=scene)


def test_a_run_that_is_under_way_is_not_started_twice(project: Project, quick_clips: QuickClips) -> None:
    assert run_request(project=project) == run_request(project=project)


def test_a_run_needs_an_idea_and_a_character(owner: User) -> None:
    with pytest.raises(UserError, match="idea, character"):
        run_request(project=project_create(owner=owner))


def test_canceling_a_run_stops_what_it_started(project: Project, quick_clips: QuickClips) -> None:
    job = run_request(project=project)
    jobs.request_cancel(job)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert not Job.objects.unfinished().exists()
    assert quick_clips.made == []


def test_a_run_that_is_canceled_while_it_starts_clips_stops_them_too(project: Project, quick_clips: QuickClips) -> None:
    job = run_request(project=project)
    work_off(until=project.scenes.exists)
    step = jobs.claim(job.pk)
    if step is None:  # its scenes have just rung for it
        make_due(job)
        step = jobs.claim(job.pk)
    assert step is not None
    jobs.request_cancel(job)
    Run().step(step)
    step.park(30)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert quick_clips.made == []


def test_a_clip_that_a_person_starts_in_the_same_moment_does_not_end_the_run(
    project: Project, quick_clips: QuickClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run_request(project=project)
    work_off(until=project.scenes.exists)
    scene_clip_request(scene=scenes_of(project)[0])
    looks = iter([Job.objects.none()])  # the run has looked a moment before
    with monkeypatch.context() as patch:
        patch.setattr(run_pipeline, "clips_under_way", lambda of: next(looks, clips_under_way(of)))
        make_due(job)
        engine.advance(job.pk)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert len(quick_clips.made) == 3


def test_a_shape_that_no_model_makes_is_refused_before_anything_starts(owner: User) -> None:
    with pytest.raises(ProviderError, match="aspect ratio"):
        clip_request(owner=owner, parameters={"prompt": "a boat", "aspect_ratio": "1:1"})
    with pytest.raises(ProviderError, match="webp"):
        portraits_request(owner=owner, character_description="a man", parameters={"output_format": "webp"})
    assert not Job.objects.exists()
