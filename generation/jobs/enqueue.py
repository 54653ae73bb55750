"""Making a job: the row, the ids it promises and its event in one transaction, the doorbell after it."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from generation import money
from generation.choices import LIMITS, JobKind, JobState
from generation.jobs.asked import log_request
from generation.jobs.room import take_job_room
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job, Project, ReservedId, Scene
from mvsite.accounts.models import User
from mvsite.logs import asking_request_id


def enqueue(
    *,
    kind: JobKind,
    owner: User,
    params: Mapping[str, Any],
    reserved: Mapping[str, Any] | None = None,
    reserved_ids: Iterable[uuid.UUID] = (),
    project: Project | None = None,
    scene: Scene | None = None,
    parent: Job | None = None,
    provider: str = "",
    model: str = "",
    flavor_revision_id: uuid.UUID | None = None,
    estimated_cost_usd: Decimal = Decimal(0),
    unique_key: str = "",
    asked_for: bool = True,
) -> Job:
    """Make a queued job and ring for it when the caller's transaction commits.

    `reserved` is what the caller may tell at once (`{"video_id": …}`), `reserved_ids` the ids in it. What it may cost
    is held against the budgets; a child takes over what its parent holds for it. What nobody asked for, and children,
    need no room in the owner's quotas.
    Raises IntegrityError when an unfinished job of this owner has the same `unique_key`, user:cost:over_budget,
    user:quota:jobs, user:quota:storage.
    """
    with transaction.atomic():
        if asked_for and parent is None:
            take_job_room(owner.pk, kind)
        job = Job.objects.create(
            kind=kind,
            owner=owner,
            project=project,
            scene=scene,
            parent=parent,
            **_beginning(kind),
            provider=provider,
            model=model,
            params=dict(params),
            reserved=dict(reserved or {}),
            flavor_revision_id=flavor_revision_id,
            estimated_cost_usd=estimated_cost_usd,
            unique_key=unique_key,
            request_id=asking_request_id(),
        )
        ReservedId.objects.bulk_create([ReservedId(pk=each, job=job, owner=owner) for each in reserved_ids])
        money.hold(job, estimated_cost_usd, parent=parent)
        record_job("job.queued", job)
        wake(job.pk, job.queue)
    log_request(job)
    return job


def _beginning(kind: JobKind) -> dict[str, Any]:
    """Give what every new job of a kind begins with: its state, its queue, and its times from now on."""
    limits, now = LIMITS[kind], timezone.now()
    deadline = now + timedelta(seconds=limits.deadline_seconds)
    times = {"queued_at": now, "next_at": now, "sent_at": now, "deadline_at": deadline}
    return {"state": JobState.QUEUED, "queue": limits.queue, **times}
