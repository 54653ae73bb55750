"""One piece of long work, what it asked a provider for, and the ids it has promised."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from generation.choices import ACTIVE_STATES, FINAL_STATES, OPEN_OUTCOMES, CallOutcome, JobKind, JobState, Queue
from generation.models.lane import Lane
from mvsite.accounts.models import User
from mvsite.accounts.reach import reached
from mvsite.common.models import TimestampedModel, UUIDModel


class JobQuerySet(models.QuerySet["Job"]):
    """Conditions a job can meet."""

    def for_user(self, user: User, *, edit: bool = False) -> Self:
        """Within this person's reach: to see, or with `edit` to change."""
        return self.filter(reached(Job, user, edit=edit))

    def unfinished(self) -> Self:
        """Not final; one that waits for a person counts."""
        return self.exclude(state__in=FINAL_STATES)

    def active(self) -> Self:
        """Something the engine will go on with by itself."""
        return self.filter(state__in=ACTIVE_STATES)

    def claimable(self, now: datetime) -> Self:
        """Active, due, and in nobody's hands (a lease that ran out is nobody's)."""
        return self.active().filter(Q(lease_until=None) | Q(lease_until__lt=now), next_at__lte=now)


class Job(UUIDModel, TimestampedModel):
    """The truth about one piece of long work; messages are only doorbells.

    `params` is a snapshot of every input. `reserved` holds the ids promised to the caller (`{"video_id": …}`).
    `lease_seq` is the fence: whoever claims the job raises it, and every later write names it. `next_at` is when the
    next step is due (UTC). `held_usd` is what it still holds of its budgets, on the day `held_on` (UTC).
    `waits_for` is the lane in whose line it stands. `request_id` is the id of the request that asked for it last; what
    a job asks for in its turn bears the same.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    project = models.ForeignKey(
        "generation.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="jobs"
    )
    scene = models.ForeignKey("generation.Scene", null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs")
    kind = models.CharField(max_length=10, choices=JobKind.choices)
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    stage = models.CharField(max_length=40, blank=True)
    progress = models.FloatField(default=0.0)
    queue = models.CharField(max_length=10, choices=Queue.choices)
    provider = models.CharField(max_length=20, blank=True)
    model = models.CharField(max_length=100, blank=True)
    params = models.JSONField(default=dict)
    flavor_revision = models.ForeignKey(
        "flavors.FlavorRevision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reserved = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    estimated_cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    held_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    held_on = models.DateField(null=True, blank=True)
    unique_key = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    waits_for = models.ForeignKey(
        Lane, null=True, blank=True, on_delete=models.SET_NULL, related_name="line", db_index=False
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_seq = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField()
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="job_by_owner"),
            models.Index(fields=["-created_at", "id"], name="job_all"),
            models.Index(fields=["project", "-created_at"], name="job_by_project"),
            models.Index(fields=["scene", "-created_at"], name="job_by_scene"),
            models.Index(fields=["state", "next_at"], name="job_due"),
            models.Index(fields=["kind", "state", "-finished_at"], name="job_history"),
            models.Index(fields=["request_id"], name="job_by_request"),
            models.Index(fields=["owner"], name="job_holding", condition=Q(held_usd__gt=0)),
            models.Index(fields=["waits_for", "queued_at"], name="job_line", condition=Q(waits_for__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="job_kind_known"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="job_progress_0_to_1"),
            models.CheckConstraint(condition=Q(cost_usd__gte=0), name="job_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(held_usd=0) | (Q(held_usd__gt=0, held_on__isnull=False) & ~Q(state__in=FINAL_STATES)),
                name="job_holds_while_unfinished",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINAL_STATES, finished_at__isnull=False)
                | (~Q(state__in=FINAL_STATES) & Q(finished_at__isnull=True)),
                name="job_finished_iff_final",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.FAILED) | Q(error__isnull=False), name="job_failed_says_why"
            ),
            models.CheckConstraint(condition=~Q(id=F("parent")), name="job_not_its_own_parent"),
            models.UniqueConstraint(
                fields=["owner", "unique_key"],
                condition=~Q(unique_key="") & ~Q(state__in=FINAL_STATES),
                name="job_unique_while_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self.state in FINAL_STATES

    @property
    def problem(self) -> dict[str, Any] | None:
        """Why it failed, with the id of the request that asked for it."""
        return self.error and {**self.error, "request_id": self.request_id}

    @property
    def stream_id(self) -> uuid.UUID:
        """The event stream it speaks in: its project's, else its parent's, else its own."""
        return self.project_id or self.parent_id or self.pk


class ProviderCallQuerySet(models.QuerySet["ProviderCall"]):
    """Conditions a call can meet."""

    def open(self) -> Self:
        """Taking up a place: sent, neither billed nor closed, of a job that goes on."""
        return self.filter(settled_at=None, error_code="", outcome__in=OPEN_OUTCOMES, job__state__in=ACTIVE_STATES)


class ProviderCall(UUIDModel):
    """One attempt to buy something: written and committed before the call, never deleted.

    `id` is the tag that goes with the request where the provider takes one. `billed_on` is the day (UTC) in whose
    budget the bill counts. `answer` is what a writer wrote, so that a crash after it does not buy it again.
    """

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="calls")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=20)
    model = models.CharField(max_length=100)
    lane = models.ForeignKey(
        Lane, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls", db_index=False
    )
    request_hash = models.CharField(max_length=64)
    provider_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  NULL keeps unanswered calls out of the unique constraint
    outcome = models.CharField(max_length=10, choices=CallOutcome.choices, default=CallOutcome.PREPARED)
    error_code = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)
    billed_on = models.DateField(null=True, blank=True)
    estimated_cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)

    objects = ProviderCallQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at"]
        indexes = [
            models.Index(fields=["owner", "-sent_at"], name="provider_call_by_owner"),
            models.Index(fields=["-sent_at"], name="provider_call_newest"),
            models.Index(fields=["owner", "billed_on"], name="provider_call_by_day"),
            models.Index(fields=["billed_on"], name="provider_call_billed"),
            models.Index(fields=["lane"], name="provider_call_open", condition=Q(settled_at=None, error_code="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="provider_call_number_once_per_job"),
            models.UniqueConstraint(fields=["provider", "provider_id"], name="provider_id_once"),
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="provider_call_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} call {self.number}: {self.outcome}"


class ReservedId(models.Model):
    """An id promised for something that a job will make, so that reading it too early can name the job."""

    id = models.UUIDField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="reservations")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.id)
