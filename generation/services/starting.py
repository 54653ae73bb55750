"""Starting a job that must not run twice at a time."""

from typing import Any

from django.db import IntegrityError, transaction

from generation import jobs
from generation.models import Job
from mvsite.common.errors import UserError


def start_unless_busy(code: str, detail: str = "", **words: Any) -> Job:
    """Enqueue with a `unique_key`; raises UserError `code` when an unfinished job of this owner has the same."""
    try:
        with transaction.atomic():
            return jobs.enqueue(**words)
    except IntegrityError as error:
        raise UserError(code, detail) from error
