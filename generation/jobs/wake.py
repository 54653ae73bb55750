"""The doorbell: a message that only says "look at this job"."""

import logging
import uuid
from functools import partial

from django.db import transaction
from kombu.exceptions import ChannelError, OperationalError

log = logging.getLogger(__name__)


def wake(job_id: uuid.UUID, queue: str) -> None:
    """Ring for a job once the transaction is committed (at once outside of one)."""
    transaction.on_commit(partial(ring, job_id, queue), robust=True)


def ring(job_id: uuid.UUID, queue: str) -> None:
    """Send the message; a broker that is down costs latency only, because the sweeper rings again."""
    from generation.tasks import advance

    try:
        advance.apply_async(args=[str(job_id)], queue=queue, retry=False)
    except (OperationalError, ChannelError, OSError) as error:
        log.warning("doorbell_lost", extra={"job_id": str(job_id), "reason": type(error).__name__})
