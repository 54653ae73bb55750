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
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job, Project, ReservedId, Scene
from mvsite.accounts.models import User


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
) -> Job:
    """Make a queued job and ring for it when the caller's transaction commits.

    `reserved` is what the caller may tell at once (`{"video_id": …}`), `reserved_ids` the ids in it. What it may cost
    is held against the budgets; a child takes over what its parent holds for it.
    Raises IntegrityError when an unfinished job of this owner has the same `unique_key`, user:cost:over_budget.
    """
    limits = LIMITS[kind]
    now = timezone.now()
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            owner=owner,
            project=project,
            scene=scene,
            parent=parent,
            state=JobState.QUEUED,
            queue=limits.queue,
            provider=provider,
            model=model,
            params=dict(params),
            reserved=dict(reserved or {}),
            flavor_revision_id=flavor_revision_id,
            estimated_cost_usd=estimated_cost_usd,
            unique_key=unique_key,
            queued_at=now,
            next_at=now,
            sent_at=now,
            deadline_at=now + timedelta(seconds=limits.deadline_seconds),
        )
        ReservedId.objects.bulk_create([ReservedId(pk=each, job=job, owner=owner) for each in reserved_ids])
        money.hold(job, estimated_cost_usd, parent=parent)
        record_job("job.queued", job)
        wake(job.pk, job.queue)
    return job
