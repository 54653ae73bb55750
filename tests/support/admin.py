"""The admin as tests use it: who looks at it, where its pages are, and what is done there."""

from typing import Any

from django.db.models import Model
from django.test import Client
from django.utils import timezone

from assets.models import Video
from generation.choices import JobState
from generation.models import Job
from mvsite.accounts.models import User
from tests.support.rows import a_job

JOBS, VIDEOS, PROJECTS = ("/admin/generation/job/", "/admin/assets/video/", "/admin/generation/project/")
STUCK, COSTS = f"{JOBS}stuck/", "/admin/generation/providercall/costs/"


def signed_in(user: User) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    return client


def failed(owner: User, **words: object) -> Job:
    job = a_job(owner, **words)
    error = {"code": "provider:call:failed", "detail": "It broke."}
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error=error, finished_at=timezone.now(), steps=1, held_usd=0, held_on=None
    )
    job.refresh_from_db()
    return job


def act(client: Client, place: str, action: str, *rows: Model, **more: str) -> Any:
    ids = [str(row.pk) for row in rows]
    return client.post(place, {"action": action, "_selected_action": ids, **more})


def sheet(rated: int, *videos: Video, client: Client, **more: str) -> None:
    """Save the sheet, as it was opened, with this rating for each of these videos; `more` goes with it."""
    words = {f"form-{number}-id": str(video.pk) for number, video in enumerate(videos)}
    words |= {f"initial-form-{number}-rating": str(video.rating) for number, video in enumerate(videos)}
    words |= {f"form-{number}-rating": str(rated) for number in range(len(videos))}
    counts = {"form-TOTAL_FORMS": str(len(videos)), "form-INITIAL_FORMS": str(len(videos))}
    client.post(VIDEOS, {**words, **counts, "_save": "Save", **more})
