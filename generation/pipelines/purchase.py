"""Buying one thing from a provider and never twice: submit, look up after a crash, poll, fetch (RELIABILITY 1.3).

The states live in the newest `ProviderCall` of the job: none, refused or abandoned → submit; prepared or unknown
(we died, or the answer was lost) → look up; accepted → poll; ready (stage `ingesting`) → fetch. A call with an
error code is closed: nothing more will come of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from assets import storage
from generation import money
from generation.choices import LIMITS, CallOutcome, JobKind, JobState
from generation.jobs import Claim, Stopped, lanes
from generation.models import ProviderCall
from generation.pipelines.call_log import log_call
from generation.pipelines.failing_over import leave_when_down, step_in
from generation.pipelines.outcomes import Done, Outcome, Park, Review
from generation.pipelines.pauses import backed_off, between_polls
from generation.pipelines.places import REFUSED_BUT_MAY_TRY, intent_or_wait, refused_by
from generation.ports import Candidates, CannotSay, Found, Interrupted, Maker, NothingThere, OutcomeUnknown, Ready
from mvsite.common.crash_points import crash_point
from mvsite.common.errors import MediaError, ProviderError, UserError

R = TypeVar("R")
SUBMITTING, INGESTING = "submitting", "ingesting"
_DIED_BUT_MAY_TRY = 6
_LOOK_UP_FOR = timedelta(hours=1)  # providers delete what they made after an hour
_CLOCKS_DIFFER = timedelta(minutes=10)  # between ours and a provider's; what another purchase holds is left out anyway


@dataclass(frozen=True)
class Purchase(Generic[R]):
    """One thing to buy: who makes it, of what, the suffix of its file, and what to do with the file.

    `ingest` stores the finished file outside of any transaction and returns the step's outcome.
    """

    claim: Claim
    maker: Maker[R]
    request: R
    request_hash: str
    suffix: str
    ingest: Callable[[Path], Done]

    def step(self) -> Outcome:
        """Do the next step of the purchase."""
        call = self._open_call()
        if call is None:
            return self._submit()
        if call.outcome in (CallOutcome.PREPARED, CallOutcome.UNKNOWN):
            return self._look_up(call)
        if self.claim.job.stage == INGESTING:
            return self._fetch(call)
        return self._poll(call)

    def wind_up(self) -> Outcome | None:
        """Stop it at the provider. What is paid and arrives all the same is kept, so poll on when nobody can say."""
        call = self._open_call()
        if call is None:
            return None
        if call.outcome in (CallOutcome.PREPARED, CallOutcome.UNKNOWN):
            outcome = self._look_up(call)
            return None if call.outcome == CallOutcome.ABANDONED else outcome
        out_of_patience = timezone.now() > self.claim.job.deadline_at + _LOOK_UP_FOR
        if self.maker.cancel(call.provider_id or "") or out_of_patience:
            money.settle(self.claim.job, call, cost=None)
            money.close(call, error_code="user:job:canceled")
            return None
        if self.claim.job.stage == INGESTING:
            return self._fetch(call)
        try:
            return self._poll(call)
        except ProviderError:  # it has ended without a result, and its bill is written
            if self.claim.job.cancel_requested_at is None:
                raise
            return None

    def _open_call(self) -> ProviderCall | None:
        """Return the newest call when something may still come of it; after a retry of the job too."""
        call = self.claim.job.calls.order_by("-number").first()
        over = call is None or call.outcome in (CallOutcome.REFUSED, CallOutcome.ABANDONED) or call.error_code
        return None if over else call

    def _submit(self) -> Outcome:
        job = self.claim.job
        model = self.maker.describe(self.request).model
        tried = job.calls.filter(sent_at__gte=job.queued_at, model=model)  # a retry of the job begins to count anew
        abandoned = tried.filter(outcome=CallOutcome.ABANDONED)
        failed = abandoned.exclude(error_code="").count()
        refused = tried.filter(outcome=CallOutcome.REFUSED)
        too_many = failed >= LIMITS[JobKind(job.kind)].max_submits or abandoned.count() >= _DIED_BUT_MAY_TRY
        if too_many or refused.count() >= REFUSED_BUT_MAY_TRY:
            return self._given_up(refused.order_by("-number").first())
        handed_over = leave_when_down(self.claim)
        if handed_over is not None:
            return handed_over
        self.claim.check()
        call = intent_or_wait(self.claim, provider=self.maker.provider, model=model, request_hash=self.request_hash)
        if isinstance(call, Park):
            return call
        crash_point("after_intent")
        try:
            self.claim.report(0.0, stage=SUBMITTING)  # the last look at the lease before money is spent
        except Stopped:
            money.answer(call, CallOutcome.ABANDONED)  # nothing has left, so nobody need look for it
            raise
        crash_point("before_submit")
        log_call("provider_call_sent", call)
        try:
            provider_id = self.maker.submit(self.request, str(call.pk))
        except OutcomeUnknown as lost:
            money.answer(call, CallOutcome.UNKNOWN)
            log_call("provider_call_unknown", call, reason=str(lost))
            return Park(between_polls(), "checking with the provider", JobState.WAITING)
        except ProviderError as error:
            money.answer(call, CallOutcome.REFUSED, error_code=error.code)
            log_call("provider_call_refused", call, reason=error.code)
            pause = backed_off(refused.count(), error.retry_after)
            refused_by(self.claim, call, error, pause=pause)
            handed_over = step_in(self.claim, error)
            if handed_over is not None:
                return handed_over
            if not error.transient:
                raise
            asked = error.retry_after is not None
            stage = f"{call.provider} asks us to wait {pause:.0f} s" if asked else "the provider is busy"
            return Park(pause, stage, JobState.WAITING)
        crash_point("after_submit")
        return self._accepted(call, provider_id, CallOutcome.ACCEPTED)

    def _given_up(self, last: ProviderCall | None) -> Outcome:
        """Let another provider step in, or end with what the last refusal said. Raises ProviderError."""
        error = ProviderError(last.error_code if last else "provider:call:failed", transient=True)
        handed_over = step_in(self.claim, error, given_up=True)
        if handed_over is None:
            raise ProviderError(error.code)
        return handed_over

    def _accepted(self, call: ProviderCall, provider_id: str, outcome: CallOutcome) -> Outcome:
        try:
            with transaction.atomic():
                money.answer(call, outcome, provider_id=provider_id)
        except IntegrityError:  # a twin with the very same request has just adopted this one, and left us its own
            return Park(between_polls(), "checking with the provider", JobState.WAITING)
        crash_point("after_answer")
        log_call("provider_call_answered", call)
        return Park(0, "waiting for the provider", JobState.WAITING)

    def _look_up(self, call: ProviderCall) -> Outcome:
        if call.answered_at is None:  # we died: when the order left, if it did, nobody knows
            money.answer(call, CallOutcome(call.outcome))
        found = self.maker.look_up(self.request, str(call.pk), call.sent_at - _CLOCKS_DIFFER)
        now = timezone.now()
        if isinstance(found, Candidates):
            free = self._not_held(found)
            found = Found(free) if free else NothingThere()
        match found:
            case Found(provider_id):
                return self._accepted(call, provider_id, CallOutcome.RECONCILED)
            case NothingThere() if now - (call.answered_at or call.sent_at) > _grace():
                # A death of our own says nothing about the provider, an answer that was no answer does.
                failed = "provider:call:failed" if call.outcome == CallOutcome.UNKNOWN else ""
                money.answer(call, CallOutcome.ABANDONED, error_code=failed)
                return Park(0, SUBMITTING)
            case CannotSay(permanent) if permanent or now - call.sent_at > _LOOK_UP_FOR:
                return Review(UserError("user:job:needs_review"))
        return Park(self._pause(call), "checking with the provider", JobState.WAITING)

    def _not_held(self, found: Candidates) -> str | None:
        """Give the oldest that no purchase holds yet."""
        ids = found.provider_ids
        calls = ProviderCall.objects.filter(provider=self.maker.provider, provider_id__in=ids)
        held = set(calls.values_list("provider_id", flat=True))
        return next((each for each in ids if each not in held), None)

    def _poll(self, call: ProviderCall) -> Outcome:
        try:
            news = self.maker.poll(call.provider_id or "", self.request)
        except Interrupted as broken:
            log_call("provider_call_interrupted", call, reason=str(broken))
            money.settle(self.claim.job, call, cost=0)
            money.answer(call, CallOutcome.ABANDONED, provider_id=call.provider_id, error_code="provider:call:failed")
            lanes.place_freed(call)
            return Park(0, SUBMITTING)
        except ProviderError as error:
            if not error.transient:
                money.settle(self.claim.job, call, cost=None if error.billed else 0)
                money.close(call, error_code=error.code)
                raise
            pause = max(self._pause(call), error.retry_after or 0)
            return Park(pause, "the provider does not answer", JobState.WAITING)
        if isinstance(news, Ready):
            money.settle(self.claim.job, call, cost=news.cost_usd)
            crash_point("after_bill")
            lanes.place_freed(call)
            return Park(0, INGESTING, progress=0.5, queue=self.maker.ingest_queue)
        progress = None if news.progress is None else 0.05 + 0.45 * news.progress
        return Park(self._pause(call), "the provider is working", JobState.WAITING, progress=progress)

    @staticmethod
    def _pause(call: ProviderCall) -> float:
        age = (timezone.now() - call.sent_at).total_seconds()
        return between_polls(age, lanes.looks_pause(call))

    def _fetch(self, call: ProviderCall) -> Outcome:
        crash_point("before_fetch")
        with storage.temp_dir() as folder:
            target = folder / f"fetched{self.suffix}"
            try:
                self.maker.fetch(
                    call.provider_id or "", self.request, target, lambda part: self.claim.tick(0.5 + 0.45 * part)
                )
            except ProviderError as error:
                if error.transient:
                    return Park(max(between_polls(), error.retry_after or 0), INGESTING)
                money.close(call, error_code=error.code)  # paid, but not to be had: a retry must buy anew
                raise
            crash_point("after_fetch")
            try:
                done = self.ingest(target)
            except MediaError as error:
                money.close(call, error_code=error.code)  # it would come out just as broken again
                raise
        crash_point("after_ingest")
        return done


def _grace() -> timedelta:
    """How long a list may be behind what has just been ordered."""
    return timedelta(seconds=settings.MV_RECONCILE_GRACE_SECONDS)
