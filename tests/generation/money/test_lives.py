"""Whatever happens to jobs, in any order: budgets are the sums of what is held and of what was billed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, strategies
from hypothesis import settings as pace
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pytest_django.fixtures import Settings

from generation import jobs, money
from generation.choices import CallOutcome, JobKind, JobState
from generation.jobs import Claim
from generation.models import Job, Project, ProviderCall
from mvsite.accounts.models import User
from mvsite.accounts.services import local_owner
from mvsite.common.errors import ProviderError, UserError
from tests.support.engine import lose_lease, make_due
from tests.support.money import NOTHING, books_agree, of_user
from tests.support.rows import a_project

LIMIT = Decimal(20)
amounts = strategies.decimals("0.000001", 9, places=6)
bills = strategies.one_of(strategies.none(), strategies.decimals(0, 12, places=6))


class Books(RuleBasedStateMachine):
    """Jobs are made, bought for, ended, canceled, retried and decided about; the model keeps the bills."""

    known = Bundle("known")
    calls = Bundle("calls")

    @initialize()
    def begin(self) -> None:
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.owner: User = local_owner()
        self.project: Project = a_project(self.owner)
        self.billed = self.above = NOTHING

    def teardown(self) -> None:
        if hasattr(self, "whole"):
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    @rule(target=known, amount=amounts, in_project=strategies.booleans())
    def ask(self, amount: Decimal, *, in_project: bool) -> Any:
        return self.made(amount, project=self.project if in_project else None)

    @rule(target=known, parent=known, amount=amounts)
    def part(self, parent: Any, amount: Decimal) -> Any:
        whole = Job.objects.filter(pk=parent, parent=None).first()
        return self.made(amount, project=whole.project, parent=whole) if whole else parent

    @rule(target=known, amounts=strategies.lists(amounts, min_size=1, max_size=4))
    def batch(self, amounts: list[Decimal]) -> Any:
        """A parent holds the sum; its children take their parts over, or nothing of it exists."""
        before = (Job.objects.count(), of_user(self.owner))
        try:
            with transaction.atomic():
                parent = self.enqueue(sum(amounts, NOTHING), kind=JobKind.PORTRAITS)
                for amount in amounts:
                    self.enqueue(amount, kind=JobKind.PORTRAITS, parent=parent)
        except UserError:
            assert (Job.objects.count(), of_user(self.owner)) == before
            return None
        parent.refresh_from_db()
        assert parent.held_usd == 0
        return parent.pk

    def made(self, amount: Decimal, **words: Any) -> Any:
        try:
            return self.enqueue(amount, **words).pk
        except UserError as error:
            if error.code != "user:cost:over_budget":
                raise
            return None

    def enqueue(self, amount: Decimal, kind: JobKind = JobKind.CLIP, **words: Any) -> Job:
        return jobs.enqueue(kind=kind, owner=self.owner, params={}, estimated_cost_usd=amount, **words)

    @rule(target=calls, known_job=known, outcome=strategies.sampled_from(CallOutcome))
    def send(self, known_job: Any, outcome: CallOutcome) -> Any:
        job = Job.objects.active().filter(pk=known_job).first()
        if job is None:
            return None
        call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
        money.answer(call, outcome, provider_id=str(call.pk))
        return call.pk

    @rule(call=calls, cost=bills)
    def bill(self, call: Any, cost: Decimal | None) -> None:
        found = ProviderCall.objects.select_related("job").filter(pk=call).first()
        if found is not None:
            self.count(found, cost)
            money.settle(found.job, found, cost=cost)

    def count(self, call: ProviderCall, cost: Decimal | None) -> None:
        if call.settled_at is None:
            amount = call.estimated_cost_usd if cost is None else cost
            self.billed += amount
            self.above += max(amount - call.job.held_usd, NOTHING)

    @rule(job=known, ending=strategies.sampled_from(["succeed", "fail", "cancel", "person", "die"]))
    def work(self, job: Any, ending: str) -> None:
        found = Job.objects.active().filter(pk=job).first()
        if found is None:
            return
        make_due(found)
        claim = jobs.claim(found.pk)
        if claim is None:
            return
        with self.closing():
            self.end(claim, ending)

    @staticmethod
    def end(claim: Claim, ending: str) -> None:
        match ending:
            case "succeed":
                claim.succeed(dict)
            case "fail":
                claim.fail(ProviderError("provider:call:failed"))
            case "cancel":
                claim.cancel()
            case "person":
                claim.hand_to_person(UserError("user:job:needs_review"))
            case "die":
                lose_lease(claim.job)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Count what a job that ends meanwhile has ordered and never heard of: its books close at the estimate."""
        took = (CallOutcome.ACCEPTED, CallOutcome.RECONCILED)
        calls = ProviderCall.objects.filter(outcome__in=took, settled_at=None, error_code="").order_by("number")
        before = [(call, call.estimated_cost_usd) for call in calls]
        held = dict(Job.objects.values_list("pk", "held_usd"))
        yield
        for call, amount in before:
            if Job.objects.get(pk=call.job_id).is_final:
                self.billed += amount
                self.above += max(amount - held[call.job_id], NOTHING)
                held[call.job_id] = max(held[call.job_id] - amount, NOTHING)

    @rule(job=known)
    def cancel(self, job: Any) -> None:
        found = Job.objects.filter(pk=job).first()
        if found is not None:
            with self.closing(), suppress(UserError):
                jobs.request_cancel(found)

    @rule(job=known)
    def retry(self, job: Any) -> None:
        found = Job.objects.filter(pk=job).first()
        before = of_user(self.owner)
        if found is not None:
            try:
                jobs.retry(found)
            except UserError:
                assert of_user(self.owner) == before

    @rule(job=known, bought=strategies.booleans())
    def decide(self, job: Any, *, bought: bool) -> None:
        found = Job.objects.filter(pk=job, state=JobState.NEEDS_REVIEW).first()
        if found is None:
            return
        call = found.calls.select_related("job").order_by("-number").first()
        before = self.billed, self.above
        try:
            with transaction.atomic():
                if call is not None:
                    self.count(call, None if bought else NOTHING)
                    ProviderCall.objects.filter(pk=call.pk).update(error_code="counted")
                with self.closing():
                    jobs.resolve(found, bought=bought)
        except UserError:
            self.billed, self.above = before

    @invariant()
    def books(self) -> None:
        if not hasattr(self, "whole"):
            return
        books_agree()
        reserved, spent = of_user(self.owner)
        assert spent == self.billed
        assert reserved + spent <= LIMIT + self.above
        for row in Job.objects.filter(held_usd__gt=0):
            assert row.held_usd <= row.estimated_cost_usd


@pytest.mark.django_db
def test_books_agree_whatever_happens(settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = LIMIT
    run_state_machine_as_test(Books, settings=_pace(6, 25))


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.django_db
def test_books_agree_whatever_happens_for_long(settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = LIMIT
    run_state_machine_as_test(Books, settings=_pace(80, 50))


def _pace(examples: int, steps: int) -> pace:
    return pace(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
