"""Answering a POST that starts long work: 202 at once, or after a wait that the client prefers."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from rest_framework.request import Request
from rest_framework.response import Response

from assets.addresses import freshened
from assets.api.uploads import discard
from assets.models import StoredFile
from generation.api.finding import noting, owner_of
from generation.choices import FINAL_STATES, JobState
from generation.jobs import job_data
from generation.models import Job
from mvsite.common.errors import StudioError, UserError, restore
from mvsite.common.idempotency import once
from mvsite.common.problems import problem_handler

LONGEST_WAIT = 600
_FIRST_LOOK, _LOOK_GROWTH, _RAREST_LOOK = 0.05, 1.3, 0.5
_WAIT = re.compile(r"wait\s*=\s*\"?(\d{1,6})\"?")
_ENDED = (*FINAL_STATES, JobState.NEEDS_REVIEW)


def job_url(job_id: uuid.UUID | str) -> str:
    """Return where a job is read."""
    return f"/api/mv/jobs/{job_id}"


def start_work(request: Request, start: Callable[[], Job], *, brought: Sequence[StoredFile | None] = ()) -> Response:
    """Start a job once per Idempotency-Key and answer 202 with it, or wait for its end if the client prefers that.

    `start` runs inside a transaction; the wait begins after it is committed. Of the files that the request `brought`
    nothing stays when the key is refused, the answer is a repeat or the start fails.
    """
    files = [row for row in brought if row is not None]
    try:
        response = once(request, noting(request, lambda: accepted(start())))
    except BaseException:
        _discard(files)
        raise
    if response.has_header("Idempotent-Replayed"):
        _discard(files)
    return wait_if_wished(request, response)


def _discard(files: Sequence[StoredFile]) -> None:
    for row in files:
        discard(row)


def accepted(job: Job) -> Response:
    """Answer 202: the job, where it is, and at top level the ids of what will exist."""
    return Response({**job_data(job), **job.reserved}, status=202, headers={"Location": job_url(job.pk)})


def wait_if_wished(request: Request, response: Response) -> Response:
    """Turn a 202 into the result, if the client prefers to wait, may wait, and the work ends in time."""
    seconds = wished_seconds(request)
    if response.status_code != 202 or not seconds or not _WAITERS.enter():
        return response
    try:
        try:
            ended = _watch(response.data["id"], seconds)
        finally:
            _WAITERS.leave()
        return _ended_answer(request, response) if ended else response
    except (OperationalError, InterfaceError):  # the work goes on while the database is away: asked again, it is bought
        if not connection.in_atomic_block:
            connection.close()
        return response


def _ended_answer(request: Request, response: Response) -> Response:
    """Give what a job that was waited for came to, in place of its 202."""
    job = Job.objects.for_user(owner_of(request)).filter(pk=response.data["id"]).first()
    if job is None:  # whoever waited was let out meanwhile, or the project was thrown away
        return _refused(request, UserError("user:request:not_found"))
    final = _final_answer(request, job)
    for name in ("Location", "Idempotent-Replayed"):
        if response.has_header(name):
            final[name] = response[name]
    final["Preference-Applied"] = "wait"
    return final


def wished_seconds(request: Request) -> int:
    """Read `Prefer: wait=N` (RFC 7240: what cannot be read is ignored); without one the setting decides."""
    wishes = [wish.split(";")[0].strip().lower() for wish in request.headers.get("Prefer", "").split(",")]
    for wish in wishes:
        found = _WAIT.fullmatch(wish)
        if found:
            return min(int(found[1]), LONGEST_WAIT)
    return 0 if "respond-async" in wishes else min(int(settings.MV_DEFAULT_WAIT_SECONDS), LONGEST_WAIT)


def job_problem(job: Job) -> StudioError | None:
    """Return why a job has no result: its own error, canceled, or a person must decide; None while it may succeed."""
    link = {"job": job_url(job.pk)}
    if job.state == JobState.CANCELED:
        return UserError("user:job:canceled", extra=link)
    if job.state == JobState.NEEDS_REVIEW:
        return UserError("user:job:needs_review", extra=link)
    if job.state == JobState.FAILED and job.error:
        return restore({**job.error, **link})
    return None


def _final_answer(request: Request, job: Job) -> Response:
    problem = job_problem(job)
    if problem is None:
        return Response(freshened(job.result if job.result is not None else job_data(job)))
    return _refused(request, problem)


def _refused(request: Request, problem: StudioError) -> Response:
    answer = problem_handler(problem, {"request": request})
    if answer is None:
        raise problem
    return answer


def _watch(job_id: str, seconds: float) -> bool:
    """Look at a job until it has ended or the time is up; between looks nothing is held but this thread."""
    end = time.monotonic() + seconds
    pause = _FIRST_LOOK
    while True:
        state = Job.objects.filter(pk=job_id).values_list("state", flat=True).first()
        if not connection.in_atomic_block:
            connection.close()
        if state in _ENDED:
            return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * _LOOK_GROWTH, _RAREST_LOOK)


class _Waiters:
    """How many clients of this process wait; above `MV_MAX_WAITING` nobody else may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def enter(self) -> bool:
        with self._lock:
            if self._count >= settings.MV_MAX_WAITING:
                return False
            self._count += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self._count -= 1


_WAITERS = _Waiters()
