"""Waiting for other jobs: for a video that one has promised, and for children to stop."""

from assets.models import Video
from generation import jobs
from generation.choices import JobState
from generation.models import Job, ReservedId
from generation.pipelines.outcomes import Park
from mvsite.common.errors import StudioError, UserError, restore

_LOOK_AGAIN, _LOOK_AT_CHILDREN = 2.0, 30.0


def video_or_wait(job: Job, video_id: str) -> Video | Park:
    """Return the video, or how long to wait for it. Raises the other job's error when it failed."""
    video = Video.objects.filter(pk=video_id, owner_id=job.owner_id, trashed_at=None).first()
    if video is not None:
        return video
    promise = ReservedId.objects.filter(pk=video_id, owner_id=job.owner_id).select_related("job").first()
    if promise is None or promise.job.state == JobState.SUCCEEDED:
        raise UserError("user:media:missing", f"Not found: {video_id}.")
    if not promise.job.is_final:
        return Park(_LOOK_AGAIN, "waiting for a clip")
    raise why_not(promise.job)


def why_not(job: Job) -> StudioError:
    """Return why a job that has ended made nothing."""
    return restore(job.error) if job.error else UserError("user:job:canceled")


def stop_children(parent: Job) -> Park | None:
    """Ask every child that goes on to stop, and say how long to wait for them; None when all are final.

    Children that the parent started while its own cancel came in were not told then.
    """
    unfinished = jobs.stop_children(parent)
    if not unfinished:
        return None
    undecided = any(child.state == JobState.NEEDS_REVIEW for child in unfinished)
    return Park(_LOOK_AT_CHILDREN, "stopping; a part waits for your decision" if undecided else "stopping")
