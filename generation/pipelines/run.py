"""The whole job: scenes, then clips in parallel, then one finished video; makes only what is missing."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

from generation.choices import JobKind, JobState
from generation.jobs import Claim
from generation.models import Job, Project, Scene
from generation.pipelines.outcomes import Done, Outcome, Park
from generation.pipelines.waiting_for import stop_children
from generation.selectors import clips_under_way, final_inputs, final_video, follows_song, scenes_of, takes_of
from generation.services.clips import scene_clip_request
from generation.services.stitch import project_stitch
from generation.services.writing import scenes_request
from generation.timeline import marks_of
from mvsite.common.errors import AppError, ProviderError, StudioError, UserError, restore

_LOOK_AGAIN = 30.0
_WRITTEN, _SHOT = 0.1, 0.85


class Run:
    """The steps of a run. What it started are its children; it remembers nothing else."""

    def step(self, claim: Claim) -> Outcome:
        """Start the next part that is missing, or wait for the part under way."""
        project = claim.job.project
        if project is None:
            raise AppError("app:server:error", "A run without a project.")
        scenes = list(scenes_of(project))
        if not any(scene.current for scene in scenes):
            return self._write(claim, project)
        waiting = self._shoot(claim, project, scenes)
        if waiting is not None:
            return waiting
        return self._cut(claim, project, list(scenes_of(project)))

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Stop its children with it, those that it started while it was told to stop too; it ends after them."""
        return stop_children(claim.job)

    def _write(self, claim: Claim, project: Project) -> Outcome:
        mine = _since_start(claim.job, JobKind.SCENES)
        if mine is not None and mine.is_final:
            raise _why(mine)
        if mine is None and not project.jobs.filter(kind=JobKind.SCENES).unfinished().exists():
            if follows_song(project):
                with suppress(StudioError):  # a song that cannot be heard is cut clip by clip
                    marks_of(project.audio, project.cut_by, patient=True)
            over = _start(
                lambda: scenes_request(
                    owner=project.owner,
                    idea=project.idea,
                    character_description=project.character_description,
                    project=project,
                    confirm_cost_usd=_agreed(claim.job),
                    parent=claim.job,
                    fail_over=claim.job.params.get("fail_over"),
                )
            )
            if over is not None:
                raise over
        return Park(_LOOK_AGAIN, "writing scenes", progress=0.02)

    def _shoot(self, claim: Claim, project: Project, scenes: list[Scene]) -> Outcome | None:
        """Start a clip for every scene that has none and was not tried in this run; None when all are final."""
        tried = set(_this_run(claim.job, JobKind.CLIP).values_list("scene_id", flat=True))
        busy = set(clips_under_way(project).values_list("scene_id", flat=True))
        bare = [scene for scene in scenes if scene.current and not takes_of(scene)]
        over: UserError | None = None
        for scene in bare:
            if scene.pk not in tried and scene.pk not in busy and over is None:
                over = _start(partial(_shot, scene, claim.job))
        running = clips_under_way(project).count()
        if not running:
            if over is not None:
                raise over
            return None
        ready = (len(scenes) - running) / max(1, len(scenes))
        return Park(_LOOK_AGAIN, "shooting clips", progress=_WRITTEN + (_SHOT - _WRITTEN) * ready)

    def _cut(self, claim: Claim, project: Project, scenes: list[Scene]) -> Outcome:
        if not any(takes_of(scene) for scene in scenes):
            failed = _this_run(claim.job, JobKind.CLIP).filter(state=JobState.FAILED).first()
            raise _why(failed) if failed else UserError("user:project:nothing_to_stitch")
        if final_video(project) is not None and project.final_inputs == final_inputs(project, scenes):
            return Done(lambda: _result(claim.job, project))
        mine = _since_start(claim.job, JobKind.STITCH)
        if mine is not None and mine.state == JobState.SUCCEEDED:
            return Done(lambda: _result(claim.job, project))  # something was changed meanwhile: it is marked stale
        if mine is not None and mine.is_final:
            raise _why(mine)
        if mine is None and not Job.objects.filter(project=project, kind=JobKind.STITCH).unfinished().exists():
            _start(lambda: project_stitch(project=project, parent=claim.job, asked_for=False))
        return Park(_LOOK_AGAIN, "putting the video together", progress=_SHOT)


def _shot(scene: Scene, run: Job) -> Job:
    """Start one clip; what the whole run may cost was agreed when it was started."""
    rule = run.params.get("fail_over")
    return scene_clip_request(scene=scene, confirm_cost_usd=_agreed(run), parent=run, fail_over=rule)


def _agreed(run: Job) -> Decimal:
    return Decimal(run.params.get("most_usd", run.estimated_cost_usd))


def _start(part: Callable[[], Job]) -> UserError | None:
    """Start a part, unless a person has started the same one in this very moment: then that one counts.

    Returns what is over its budget: more is missing than when the run was admitted.
    """
    try:
        part()
    except UserError as error:
        if error.code == "user:cost:over_budget":
            return error
        if error.code != "user:scene:busy":
            raise
    return None


def _children(job: Job) -> Any:
    return Job.objects.filter(parent=job)


def _this_run(job: Job, kind: JobKind) -> Any:
    """Children of this attempt: a retry tries again what an earlier attempt could not make."""
    return _children(job).filter(kind=kind, queued_at__gte=job.queued_at)


def _since_start(job: Job, kind: JobKind) -> Job | None:
    found: Job | None = _this_run(job, kind).order_by("-queued_at").first()
    return found


def _why(job: Job) -> StudioError:
    if job.error:
        return restore(job.error)
    return UserError("user:job:canceled") if job.state == JobState.CANCELED else ProviderError("provider:call:failed")


def _result(job: Job, project: Project) -> dict[str, Any]:
    scenes = list(scenes_of(project))
    left_out = [scene.index for scene in scenes if not takes_of(scene)]
    failures = [
        {"scene_index": child.scene.index if child.scene else None, "error": child.problem}
        for child in _this_run(job, JobKind.CLIP).filter(state=JobState.FAILED).select_related("scene")
    ]
    return {
        "project_id": str(project.pk),
        "video_id": str(project.final_video_id),
        "video_url": f"/api/mv/get_video/{project.final_video_id}",
        "scenes": len(scenes),
        "scenes_left_out": left_out,
        "failures": failures,
        "warnings": job.params.get("warnings", []),
    }
