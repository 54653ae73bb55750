"""Holding a job: claimed by one conditional UPDATE, kept by heartbeats, fenced by a number (RELIABILITY 1.3)."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, F, FloatField, IntegerField, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from generation import events, money
from generation.choices import JobState
from generation.jobs.draining import HandBack, is_ending
from generation.jobs.ending import end, let_go
from generation.jobs.heartbeat import Heartbeat
from generation.jobs.identity import this_process
from generation.jobs.told import log_job
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job
from mvsite.common.crash_points import crash_point
from mvsite.common.errors import StudioError


class LeaseLost(Exception):  # noqa: N818  it is not an error: somebody else goes on with the job
    """Somebody else holds the job now; stop at once and write nothing."""


class Stopped(Exception):  # noqa: N818  it is a wish, not an error
    """The job's owner asked for it to stop."""


def claim(job_id: uuid.UUID) -> "Claim | None":
    """Take a due job, or None when it is not due, final, or in somebody's hands. Safe against any repetition.

    Time in which it was due and nobody came (the studio was off, every worker busy) does not count against its
    deadline, once it is longer than a lease.
    """
    now = timezone.now()
    # Most rings too many end here, before anything is locked.
    known = ("state", "lease_owner", "lease_seq", "next_at", "deadline_at")
    before = Job.objects.claimable(now).filter(pk=job_id).only(*known).first()
    if before is None:
        return None
    with transaction.atomic():
        taken = (
            Job.objects.claimable(now)
            .filter(pk=job_id, lease_seq=before.lease_seq)
            .update(
                lease_owner=this_process(),
                lease_until=now + timedelta(seconds=settings.MV_LEASE_SECONDS),
                lease_seq=F("lease_seq") + 1,
                steps=F("steps") + 1,
                # A lease that was never given back means that its holder died in the middle of a step.
                failures=Case(
                    When(lease_owner="", then=F("failures")), default=F("failures") + 1, output_field=IntegerField()
                ),
                attempts=Case(
                    When(state=JobState.QUEUED, then=F("attempts") + 1),
                    default=F("attempts"),
                    output_field=IntegerField(),
                ),
                state=Case(
                    When(state=JobState.QUEUED, then=Value(JobState.RUNNING)),
                    default=F("state"),
                    output_field=CharField(),
                ),
                started_at=Coalesce(F("started_at"), Value(now)),
                deadline_at=before.deadline_at + _unserved(now - before.next_at),
            )
        )
        if not taken:
            return None
        job = Job.objects.get(pk=job_id)
        if before.state == JobState.QUEUED:
            record_job("job.started", job)
    if before.lease_owner:
        log_job("job_reaped", job)
    log_job("job_claimed", job)
    return Claim(job)


class Claim:
    """A job in our hands. Every write names the fence; when the fence has moved, `LeaseLost` is raised."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.seq = job.lease_seq
        self._holder = job.lease_owner
        self._was_due = job.next_at
        self._heartbeat = Heartbeat(self._extend)
        self._told_at: datetime = timezone.now()

    def heartbeat(self) -> AbstractContextManager[object]:
        """Keep the lease alive in the background while the block runs."""
        return self._heartbeat

    def tick(self, progress: float, *, to_the_end: bool = False) -> None:
        """Report progress 0..1 of the whole job from inside long work. Writes at most once a second.

        Raises LeaseLost, Stopped, and HandBack when this process is about to end, unless the work is `to_the_end`
        (it is paid for, and would be lost).
        """
        if self._heartbeat.lost:
            raise LeaseLost
        if self._heartbeat.stop_asked:
            raise Stopped
        if is_ending() and not to_the_end:
            raise HandBack
        if (timezone.now() - self._told_at).total_seconds() >= 1:
            self._told_at = timezone.now()
            self.report(progress)

    def report(self, progress: float, *, stage: str | None = None) -> None:
        """Write progress (it never falls) and stage at once, and extend the lease. Raises LeaseLost or Stopped."""
        values: dict[str, Any] = {"progress": _at_least(progress)}
        if stage is not None:
            values["stage"] = stage
        with transaction.atomic():
            self._write(lease_until=self._lease_end(), **values)
            record_job("job.progressed", self.job)
        if self.job.cancel_requested_at is not None:
            raise Stopped

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write what is under way into the job's stream and extend the lease. Raises LeaseLost or Stopped."""
        with transaction.atomic():
            self._write(lease_until=self._lease_end())
            events.record(kind, stream=self.job.stream_id, data=data, job=self.job)
        if self.job.cancel_requested_at is not None:
            raise Stopped

    def check(self) -> None:
        """Make sure that the job is still ours and extend the lease; raises LeaseLost."""
        self._write(lease_until=self._lease_end())

    def park(
        self,
        after: float,
        *,
        state: JobState = JobState.RUNNING,
        stage: str | None = None,
        progress: float | None = None,
        queue: str | None = None,
    ) -> None:
        """Give the job back until `after` seconds from now, or until now when somebody rang during the step.

        No worker is held meanwhile.
        """
        values: dict[str, Any] = {
            "state": state,
            "next_at": self._next(after),
            "lease_until": None,
            "lease_owner": "",
            "failures": 0,
        }
        if stage is not None:
            values["stage"] = stage
        if progress is not None:
            values["progress"] = _at_least(progress)
        if queue is not None:
            values["queue"] = queue
        shown = (self.job.state, self.job.stage, self.job.progress)
        with transaction.atomic():
            self._write(**values)
            if shown != (self.job.state, self.job.stage, self.job.progress):
                record_job("job.waiting" if state == JobState.WAITING else "job.progressed", self.job)
            if self.job.next_at <= timezone.now():
                self._write(sent_at=timezone.now())
                wake(self.job.pk, self.job.queue)
        log_job("job_waiting", self.job)

    def hold(self, after: float, *, stage: str) -> None:
        """Give the job back because of something that is not its fault; the time does not count for its deadline."""
        self._write(deadline_at=self.job.deadline_at + timedelta(seconds=after))
        self.park(after, state=JobState(self.job.state), stage=stage)

    def back_off(self, after: float) -> None:
        """Give the job back after a failure of ours, keeping count of the failures."""
        self._write(
            next_at=self._next(after),
            lease_until=None,
            lease_owner="",
            failures=F("failures") + 1,
        )

    def afford(self, amount: Decimal) -> None:
        """Hold `amount` in USD for the next call, what is held already included.

        Raises LeaseLost, and user:cost:over_budget: then all is as before.
        """
        with transaction.atomic():
            self._write(lease_until=self._lease_end())
            self.job.refresh_from_db(fields=["held_usd", "held_on"])
            money.hold(self.job, amount)

    def hand_over(self, *, provider: str, model: str, params: dict[str, Any], estimate: Decimal) -> None:
        """Let another provider's model make it, for `estimate` in USD, before anything is bought.

        What a dearer one needs is held first. Raises LeaseLost, and user:cost:over_budget: then all is as before.
        """
        with transaction.atomic():
            self._write(lease_until=self._lease_end())
            self.job.refresh_from_db(fields=["held_usd", "held_on"])
            known = self.job.params.get("warnings", [])
            money.hold(self.job, estimate)
            said = [each for each in self.job.params.get("warnings", []) if each not in known]
            params = {**params, "warnings": [*params.get("warnings", []), *said]}
            self._write(provider=provider, model=model, params=params, estimated_cost_usd=estimate, waits_for=None)
            record_job("job.progressed", self.job)

    def succeed(self, finish: Callable[[], dict[str, Any]]) -> None:
        """End well: `finish` writes what the job made and returns its result, in the same transaction."""
        with transaction.atomic():
            self._write(lease_until=self._lease_end())
            let_go(self.job)
            result = finish()
            end(self.job, JobState.SUCCEEDED, result=result, has_let_go=True)
            crash_point("before_commit")
        crash_point("after_commit")

    def fail(self, error: StudioError) -> None:
        """End with an error."""
        with transaction.atomic():
            self._write(lease_until=self._lease_end())
            end(self.job, JobState.FAILED, error=error.as_dict())

    def cancel(self) -> None:
        """End because its owner asked for it."""
        with transaction.atomic():
            self._write(lease_until=self._lease_end())
            end(self.job, JobState.CANCELED)

    def hand_to_person(self, error: StudioError) -> None:
        """Stop and wait for a person's decision (`needs_review`)."""
        with transaction.atomic():
            self._write(
                state=JobState.NEEDS_REVIEW, error=error.as_dict(), lease_until=None, lease_owner="", failures=0
            )
            record_job("job.needs_review", self.job)

    def _extend(self) -> tuple[bool, bool]:
        """Extend the lease from the heartbeat's thread; tells (still ours, stop asked)."""
        # Once the job is given back it has no holder; a beat that comes late must not lock everybody out.
        mine = Job.objects.filter(pk=self.job.pk, lease_seq=self.seq, lease_owner=self._holder).active()
        if not mine.update(lease_until=self._lease_end()):
            return False, False
        return True, mine.filter(cancel_requested_at__isnull=False).exists()

    def _write(self, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, lease_seq=self.seq).active()
        if not mine.update(updated_at=timezone.now(), **values):
            raise LeaseLost
        self.job.refresh_from_db(fields=[*values, "cancel_requested_at"])

    def _next(self, after: float) -> Case:
        """Give the SQL for the next step's time; who rang during this step (a child's end, a cancel) goes first."""
        wanted = timezone.now() + timedelta(seconds=after)
        return Case(When(next_at=self._was_due, then=Value(wanted)), default=F("next_at"), output_field=DateTimeField())

    @staticmethod
    def _lease_end() -> datetime:
        return timezone.now() + timedelta(seconds=settings.MV_LEASE_SECONDS)


def _unserved(late: timedelta) -> timedelta:
    return late if late.total_seconds() > settings.MV_LEASE_SECONDS else timedelta()


def _at_least(progress: float) -> Greatest:
    """Give the SQL for progress that never falls and is complete only when the job is."""
    return Greatest(F("progress"), Value(min(max(progress, 0.0), 0.99)), output_field=FloatField())
