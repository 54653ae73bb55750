"""The Celery tasks: doorbells and housekeeping, a few lines each."""

import uuid

from celery import shared_task

from generation.pipelines import engine
from generation.services.cleaning import cleanup_plan, cleanup_run
from mvsite.accounts.signing import sessions_prune
from mvsite.common import idempotency
from mvsite.logs import info_event


@shared_task(name="generation.advance")
def advance(job_id: str, **_: object) -> None:
    """Look at a job and do its next step if it is due."""
    engine.advance(uuid.UUID(job_id))


@shared_task(name="generation.cleanup")
def cleanup(**_: object) -> None:
    """Clean up, as the command does."""
    done = sum(1 for _ in cleanup_run(cleanup_plan(), failed=[]))
    info_event("cleanup_completed", steps=done)


@shared_task(name="generation.prune")
def prune(**_: object) -> None:
    """Forget idempotency keys that are older than 48 h, and sessions that are over."""
    idempotency.prune()
    sessions_prune()
