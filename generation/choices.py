"""The kinds and states of a job, and per kind its queue and limits: data, no behaviour."""

from dataclasses import dataclass

from django.db import models


class JobKind(models.TextChoices):
    """What a job makes. `portraits` and `run` are parents whose children do the buying."""

    SCENES = "scenes"
    PORTRAITS = "portraits"
    CLIP = "clip"
    LIPSYNC = "lipsync"
    STITCH = "stitch"
    DOWNLOAD = "download"
    TRIM = "trim"
    RUN = "run"
    EXPORT = "export"


class JobState(models.TextChoices):
    """Where a job stands. The last three are final and never change, except by an explicit retry."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    NEEDS_REVIEW = "needs_review"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING)
FINAL_STATES = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED)


class Queue(models.TextChoices):
    """Celery queues: short provider steps, heavy local work, and everything else."""

    PROVIDER = "provider"
    RENDER = "render"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class KindLimits:
    """How one kind is run: its first queue, seconds until it is given up, submits at most.

    `usual_seconds` (from, to) is the first guess of its duration, used until this installation has its own history.
    """

    queue: Queue
    deadline_seconds: int
    max_submits: int
    usual_seconds: tuple[float, float]


LIMITS: dict[JobKind, KindLimits] = {
    JobKind.SCENES: KindLimits(Queue.PROVIDER, 600, 2, (20, 30)),
    JobKind.PORTRAITS: KindLimits(Queue.PROVIDER, 900, 2, (10, 20)),
    JobKind.CLIP: KindLimits(Queue.PROVIDER, 3600, 2, (120, 420)),
    JobKind.LIPSYNC: KindLimits(Queue.PROVIDER, 3600, 2, (45, 120)),
    JobKind.STITCH: KindLimits(Queue.RENDER, 3600, 0, (20, 60)),
    JobKind.DOWNLOAD: KindLimits(Queue.RENDER, 900, 0, (10, 60)),
    JobKind.TRIM: KindLimits(Queue.DEFAULT, 300, 0, (2, 5)),
    JobKind.RUN: KindLimits(Queue.DEFAULT, 86_400, 0, (300, 900)),
    JobKind.EXPORT: KindLimits(Queue.RENDER, 3600, 0, (15, 60)),
}


class ProjectMode(models.TextChoices):
    """What a project is about: a song, or a product whose picture is in every clip."""

    MUSIC_VIDEO = "music_video"
    PRODUCT = "product"


class CutBy(models.TextChoices):
    """What decides where scenes change."""

    CLIPS = "clips"
    BEATS = "beats"
    SECTIONS = "sections"


class FailOver(models.TextChoices):
    """Who may step in when a provider is down, out of credit or without the model: nobody, or who costs no more."""

    NEVER = "never"
    NO_DEARER = "no_dearer"
    ANY_PRICE = "any_price"


class CallOutcome(models.TextChoices):
    """What became of one call to a provider (RELIABILITY 1.3)."""

    PREPARED = "prepared"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    RECONCILED = "reconciled"
    ABANDONED = "abandoned"


OPEN_OUTCOMES = (CallOutcome.PREPARED, CallOutcome.UNKNOWN, CallOutcome.ACCEPTED, CallOutcome.RECONCILED)


class BudgetScope(models.TextChoices):
    """What a budget stands for: everything of one user, one project, or one user's day (UTC)."""

    USER = "user"
    PROJECT = "project"
    DAY = "day"


class BudgetMode(models.TextChoices):
    """What happens at a budget's limit: it only counts, the job gets a warning, or the job is refused."""

    OBSERVE = "observe"
    WARN = "warn"
    STOP = "stop"
