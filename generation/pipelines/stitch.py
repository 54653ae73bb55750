"""One stitch: wait for its clips, gather the files, render, check, keep; a project's own becomes its finished video."""

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils import timezone

from assets import storage
from assets.keys import clip_key
from assets.media.errors import ClipProblem, FFmpegError, MediaProblem, RenderCheckError
from assets.media.stitch import StitchPlan, StitchResult, stitch
from assets.models import Video, VideoKind
from assets.services.videos import video_create_from_file
from assets.shapes import video_result
from generation.jobs import Claim
from generation.models import Job, Project, Take
from generation.pipelines.clocks import seconds_so_far
from generation.pipelines.film import Film, Place, film_of, without_clip
from generation.pipelines.outcomes import Done, Outcome, Park
from generation.pipelines.stitch_log import log_begin, log_plan, log_result
from generation.pipelines.stitch_parts import (
    SplitWished,
    fetch_parts,
    forget_parts,
    parts_under_way,
    start_parts,
    wish_to_split,
)
from generation.pipelines.stitch_wishes import wishes_for
from generation.pipelines.waiting_for import stop_children, video_or_wait
from generation.services.projects import project_changed
from generation.services.stitch import project_stitch
from mvsite.common.errors import AppError, MediaError, StudioError, UserError
from mvsite.logs import debug_event, warn_event


@dataclass(frozen=True, slots=True)
class Inputs:
    """The videos that are there, the ids of those that are not, and what to say about it."""

    videos: tuple[Video, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


class Stitch:
    """The steps of a stitch."""

    def step(self, claim: Claim) -> Outcome:
        """Wait until every clip is there or final, then do the whole render, or its join after its parts."""
        job = claim.job
        inputs = parts_under_way(job) or _inputs(job)
        if isinstance(inputs, Park):
            return inputs
        if not inputs.videos:
            raise UserError("user:media:missing", "None of the clips exists any more.")
        claim.report(0.02, stage="putting the video together")
        try:
            return self._put_together(claim, inputs)
        except SplitWished as wish:
            return start_parts(job, wish)

    def _put_together(self, claim: Claim, inputs: Inputs) -> Outcome:
        job = claim.job
        begun = time.monotonic()
        log_begin(inputs.videos)
        with storage.temp_dir() as folder, _files(inputs.videos) as clips:
            target = folder / "video.mp4"
            fetch_parts(job, folder)
            with wishes_for(job) as (wishes, warnings, song_warning):
                film = film_of(job, inputs.videos, clips, wishes, folder=folder, tick=lambda _: claim.check())
                known = dict(zip(clips, inputs.videos, strict=True))
                film, result = _render(claim, film, known, target=target, folder=folder)
            size = target.stat().st_size
            log_result(job, result, seconds=time.monotonic() - begun, size=size)
            result = replace(result, overlay_warning=song_warning or result.overlay_warning)
            said = (*inputs.warnings, *film.warned, *warnings)
            video = _keep(job, inputs, result, target, warnings=said, places=film.places)
        forget_parts(job)
        debug_event("stitch_cleanup", seconds=round(time.monotonic() - begun, 2), bytes=size)
        return Done(lambda: _finish(job, video))

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Stop its parts with it."""
        return stop_children(claim.job)


def _inputs(job: Job) -> Inputs | Park:
    skip = job.params.get("missing", "fail") == "skip"
    videos: list[Video] = []
    missing: list[str] = []
    warnings: list[str] = []
    for place, video_id in enumerate(job.params["video_ids"]):
        try:
            found = video_or_wait(job, video_id)
        except StudioError as error:
            if not skip:
                raise
            missing.append(video_id)
            warnings.append(f"Clip {place + 1} was left out: {error.detail}")
            continue
        if isinstance(found, Park):
            return found
        videos.append(found)
    return Inputs(tuple(videos), tuple(missing), tuple(warnings))


@contextmanager
def _files(videos: Sequence[Video]) -> Iterator[list[Path]]:
    with ExitStack() as stack:
        yield [stack.enter_context(storage.local_path(video.key)) for video in videos]


def _render(
    claim: Claim, film: Film, videos: Mapping[Path, Video], *, target: Path, folder: Path
) -> tuple[Film, StitchResult]:
    """Render, with the media room's own errors in a person's words; on a timeline a broken clip leaves a slate.

    Raises SplitWished before anything is encoded.
    """

    def planned(plan: StitchPlan) -> None:
        wish_to_split(claim.job, plan, film.clips, videos, fit=film.wishes.aspect_fit)
        log_plan(claim.job, plan)

    try:
        return film, stitch(
            clips=film.clips,
            wishes=film.wishes,
            target=target,
            work_dir=folder,
            shelf=storage.shelf("stitch"),
            progress=lambda part: claim.tick(0.02 + 0.93 * part),
            planned=planned,
        )
    except ClipProblem as error:
        if film.places and film.places[error.index].path is not None:
            film = without_clip(film, error.index, folder=folder, tick=lambda _: claim.check())
            return _render(claim, film, videos, target=target, folder=folder)
        raise MediaError("media:clip:unreadable", f"Clip {error.index + 1} cannot be read.") from error
    except RenderCheckError as error:
        raise AppError("app:render:check", str(error)) from error
    except (MediaProblem, FFmpegError) as error:
        raise AppError("app:render:failed", str(error)) from error


def _keep(
    job: Job, inputs: Inputs, result: StitchResult, target: Path, *, warnings: Sequence[str], places: Sequence[Place]
) -> Video:
    params = job.params
    broken = [str(inputs.videos[number].pk) for number in result.left_out]
    used = [str(video.pk) for number, video in enumerate(inputs.videos) if number not in result.left_out]
    seconds = seconds_so_far(job)
    warning = params["audio_overlay_warning"] or result.overlay_warning
    if warning:
        warn_event("audio_overlay_failed", audio_overlay_id=params["audio_overlay_id"], reason=warning)
    metadata = {
        "input_video_ids": used,
        "missing_video_ids": [*inputs.missing, *broken],
        "num_videos_stitched": len(used),
        "video_duration_seconds": result.duration,
        "audio_overlay_id": params["audio_overlay_id"],
        "audio_overlay_applied": result.overlay_applied,
        "video_audio_suppressed": bool(params.get("suppress_video_audio")),
        "audio_overlay_duration_seconds": result.overlay_seconds,
        "audio_overlay_warning": warning,
        "merge_time_seconds": seconds,
        "total_processing_time_seconds": seconds,
        "plan": result.plan.as_dict(),
        **({"timeline": [place.told() for place in places]} if places else {}),
        "storage_backend": "local",
        "cloud_urls": [],
        "warnings": [*params["warnings"], *warnings, *result.warnings],
        "generation_timestamp": timezone.now().isoformat(),
        "job_id": str(job.pk),
    }
    return video_create_from_file(
        id=uuid.UUID(params["video_id"]),
        owner=job.owner,
        kind=VideoKind.STITCHED,
        path=target,
        key=clip_key(job.pk),
        title=str(job.project) if job.project else "Stitched video",
        metadata=metadata,
    )


def _finish(job: Job, video: Video) -> dict[str, Any]:
    if job.params["final_of"] is not None and job.project_id is not None and _has_its_place(job):
        project = Project.objects.select_for_update(no_key=True).get(pk=job.project_id)
        project.final_video = video
        project.final_inputs = job.params["final_of"]
        project.save(update_fields=["final_video", "final_inputs", "updated_at"])
        project_changed(project=project)
        _catch_up(job, project)
    return {
        **video_result(video),
        "audio_overlay_applied": video.metadata["audio_overlay_applied"],
        "audio_overlay_warning": video.metadata["audio_overlay_warning"],
    }


def _has_its_place(job: Job) -> bool:
    """Say whether no other stitch has taken its place while its last frames were written."""
    return Job.objects.filter(pk=job.pk).exclude(unique_key="").exists()


def _catch_up(job: Job, project: Project) -> None:
    """Start the next cut when a lip-sync was finished during this one: it re-cuts by itself, but could not then."""
    kept = Take.objects.filter(scene__project=project, scene__trashed_at=None, video__trashed_at=None)
    if kept.filter(video__kind=VideoKind.LIPSYNC, created_at__gt=job.queued_at).exists():
        Job.objects.filter(pk=job.pk).update(unique_key="")  # this one ends in the same transaction
        project_stitch(project=project, asked_for=False)
