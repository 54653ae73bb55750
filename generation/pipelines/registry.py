"""Which pipeline does which job."""

from typing import Protocol, cast

from django.utils.module_loading import import_string

from generation.choices import JobKind
from generation.jobs import Claim
from generation.models import Job
from generation.pipelines.outcomes import Outcome
from mvsite.common.errors import AppError

ONE_PORTRAIT = "generation.pipelines.portraits.OnePortrait"
PART_OF_STITCH = "generation.pipelines.stitch_parts.PartOfStitch"
PIPELINES: dict[str, str] = {
    JobKind.SCENES: "generation.pipelines.scenes.Scenes",
    JobKind.PORTRAITS: "generation.pipelines.portraits.Portraits",
    JobKind.CLIP: "generation.pipelines.clip.Clip",
    JobKind.LIPSYNC: "generation.pipelines.lipsync.LipSync",
    JobKind.STITCH: "generation.pipelines.stitch.Stitch",
    JobKind.DOWNLOAD: "generation.pipelines.download.Download",
    JobKind.TRIM: "generation.pipelines.trim.Trim",
    JobKind.RUN: "generation.pipelines.run.Run",
}


class Pipeline(Protocol):
    """The steps of one kind of job."""

    def step(self, claim: Claim) -> Outcome:
        """Do the next step; raises StudioError, LeaseLost, Stopped."""
        ...

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Canceled or out of time: stop what runs elsewhere. None lets the job end; an outcome goes on with it."""
        ...


def pipeline_for(job: Job) -> Pipeline:
    """Return the pipeline of a job; a portraits job with a parent makes one picture, without one it gathers them; a
    stitch that has a part makes only that.

    Raises AppError for a kind that this version cannot do.
    """
    if job.kind == JobKind.PORTRAITS and job.parent_id:
        return cast("Pipeline", import_string(ONE_PORTRAIT)())
    if job.kind == JobKind.STITCH and "part" in job.params:
        return cast("Pipeline", import_string(PART_OF_STITCH)())
    if job.kind not in PIPELINES:
        raise AppError("app:server:error", f"This version cannot do {job.kind} jobs.")
    return cast("Pipeline", import_string(PIPELINES[job.kind])())
