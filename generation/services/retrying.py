"""Starting a job again, with what only the studio knows of it: which film is the project's."""

from decimal import Decimal

from django.db import transaction

from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Job
from generation.selectors import final_video
from generation.services.choosing import confirm_price
from mvsite.common.errors import UserError


def agreed_to(confirmed: Decimal | None) -> jobs.Agree:
    """Ask back about a dear price of starting again unless it was confirmed; it raises user:cost:confirm."""
    return lambda usd: confirm_price(estimate=usd, confirmed=confirmed)


def job_retry(job: Job, agree: jobs.Agree = jobs.any_price) -> Job:
    """Start a failed or canceled job again; a project's film becomes the project's film when nothing newer is.

    One that gave its place to another takes it back, and nobody else's wish gets it again without asking.
    Raises what `jobs.retry` raises, and user:job:superseded when the project has got a newer film meanwhile.
    """
    project = job.project
    if job.kind != JobKind.STITCH or project is None or job.params.get("final_of") is None:
        return jobs.retry(job, agree=agree)
    with transaction.atomic():
        params = {**job.params, "automatic": False}  # a person asks for it now
        ended = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELED))
        ended.update(unique_key=f"stitch:{project.pk}", params=params)
        asked_at = job.queued_at
        again = jobs.retry(job, agree=agree)
        project.refresh_from_db()
        film = final_video(project)
        if film is not None and film.created_at > asked_at:
            raise UserError("user:job:superseded")
    return again
