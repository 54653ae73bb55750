"""A long render split over workers: clips that must be made to fit are child jobs, the join comes when all are final.

Parts travel through the bucket, so each may be made on another host; the join finds them on its shelf as if an earlier
stitch had made them. Without a bucket nothing is split: one machine has its cores in one render already.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from assets import storage
from assets.keys import part_key
from assets.media.errors import ClipProblem, FFmpegError, MediaProblem, RenderCheckError
from assets.media.stitch import Part, StitchPlan, make_part, parts_of, shelve
from assets.models import Video
from generation.choices import JobKind, JobState
from generation.jobs import Claim, enqueue
from generation.models import Job
from generation.pipelines.outcomes import Done, Outcome, Park
from mvsite.common.errors import AppError, MediaError, UserError, restore

_LOOK_AGAIN = 30.0  # whoever ends last rings


class SplitWished(Exception):  # noqa: N818  nothing went wrong: others should do a part of it
    """A render is long enough to be split; `parts` says into what."""

    def __init__(self, parts: list[tuple[str, Part]]) -> None:
        super().__init__(f"{len(parts)} parts")
        self.parts = parts


def wish_to_split(job: Job, plan: StitchPlan, clips: Sequence[Path], videos: Mapping[Path, Video], *, fit: str) -> None:
    """Look at a plan before it is carried out. Raises SplitWished when it is worth it and has not been done."""
    if not (settings.MV_SPLIT_RENDER_SECONDS and storage.has_bucket()) or _parts(job).exists():
        return
    if len(plan.steps) != len(clips):  # broken clips are left out: the numbers would not agree
        return
    wanted = {
        (str(videos[clips[number]].pk), part)
        for number, part in parts_of(plan, fit=fit).items()
        if clips[number] in videos
    }
    seconds = sum(part.frames for _, part in wanted) / plan.profile.fps
    if len(wanted) > 1 and seconds >= settings.MV_SPLIT_RENDER_SECONDS:
        raise SplitWished(sorted(wanted, key=str))


def start_parts(job: Job, wish: SplitWished) -> Park:
    """Start a child for every part; all of them or none."""
    with transaction.atomic():
        for video_id, part in wish.parts:
            params = {"part": part.as_dict(), "source_video_id": video_id}
            enqueue(kind=JobKind.STITCH, owner=job.owner, parent=job, params=params)
    return Park(_LOOK_AGAIN, "making clips fit", progress=0.05)


def parts_under_way(job: Job) -> Park | None:
    """Say how long to wait for the parts. Raises the error of one that kills whoever works on it."""
    parts = list(_parts(job))
    over = [part for part in parts if part.is_final]
    for part in over:
        if part.error and part.error["code"] == "app:job:poison":
            raise restore(part.error)
    if len(over) == len(parts):
        return None
    return Park(_LOOK_AGAIN, "making clips fit", progress=0.05 + 0.75 * len(over) / len(parts))


def fetch_parts(job: Job, room: Path) -> None:
    """Put every part that was made on this host's shelf; one that failed is made by the join itself."""
    for part, key in _made(job):
        source = Video.objects.filter(pk=part.params["source_video_id"]).first()
        if source is not None:
            with storage.local_path(key) as made:
                wish = Part.from_dict(part.params["part"])
                shelve(wish, made, content=source.sha256, shelf=storage.shelf("stitch"), room=room)


def forget_parts(job: Job) -> None:
    """Delete the parts: they are in the film."""
    for _, key in _made(job):
        storage.delete(key)


class PartOfStitch:
    """The one step of a part: one clip made to fit, and kept for the join."""

    def step(self, claim: Claim) -> Outcome:
        """Make it fit and keep it."""
        job = claim.job
        source = Video.objects.filter(pk=job.params["source_video_id"], owner_id=job.owner_id).first()
        if source is None:
            raise UserError("user:media:missing")
        key = part_key(job.pk, claim.seq)
        with storage.local_path(source.key) as clip, storage.temp_dir() as folder:
            made = folder / "part.mp4"
            part = Part.from_dict(job.params["part"])
            try:
                make_part(clip, part, made, shelf=storage.shelf("stitch"), progress=claim.tick)
            except ClipProblem as error:
                raise MediaError("media:clip:unreadable", error.detail) from error
            except (MediaProblem, FFmpegError, RenderCheckError) as error:
                raise AppError("app:render:failed", str(error)) from error
            storage.store(key=key, source=made)
        return Done(lambda: {"source_video_id": str(source.pk), "key": key})

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Nothing runs elsewhere."""
        return None


def _parts(job: Job) -> QuerySet[Job]:
    """Give the parts of this attempt."""
    return job.children.filter(kind=JobKind.STITCH, queued_at__gte=job.queued_at)


def _made(job: Job) -> list[tuple[Job, str]]:
    return [(part, str((part.result or {})["key"])) for part in _parts(job).filter(state=JobState.SUCCEEDED)]
