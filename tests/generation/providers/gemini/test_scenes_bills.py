"""What a writing costs: every call has its row and its bill, also after a crash and when an answer is lost."""

from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import CallOutcome, JobState
from generation.models import Job, ProviderCall
from generation.pipelines import asking, engine
from generation.services.writing import scenes_request
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.google_answers import blocked, error, scenes_json, written
from tests.support.engine import drive, lose_lease
from tests.support.money import books_agree, of_user

pytestmark = pytest.mark.django_db

ESTIMATE = Decimal("0.0315")
ONE = Decimal("0.003602")
"""812 tokens at $0.75 and 798, thoughts among them, at $3.75 a million."""
LOST = Answer(drop=True)
BROKEN = written(scenes_json(3).replace("close-up", "wide"))


def start(owner: User) -> Job:
    return scenes_request(
        owner=owner, idea="A boat crosses a lake", character_description="a woman in red", number_of_scenes=3
    )


def bills(job: Job) -> list[tuple[str, Decimal]]:
    return list(job.calls.order_by("number").values_list("outcome", "cost_usd"))


def test_a_writing_holds_its_estimate_and_is_billed_by_tokens(owner: User, google: Google) -> None:
    job = start(owner)
    assert (job.estimated_cost_usd, job.held_usd, of_user(owner)) == (ESTIMATE, ESTIMATE, (ESTIMATE, Decimal(0)))
    job = drive(job)
    assert (job.state, bills(job)) == (JobState.SUCCEEDED, [(CallOutcome.ACCEPTED, ONE)])
    assert (job.cost_usd, of_user(owner)) == (ONE, (Decimal(0), ONE))
    assert job.result is not None
    assert job.result["metadata"]["cost_usd"] == float(ONE)
    books_agree()


@pytest.mark.parametrize("bad", [written(scenes_json(3)[:200]), BROKEN])
def test_both_calls_count_when_it_is_asked_again(owner: User, google: Google, bad: Answer) -> None:
    google.faults["generate"].append(bad)
    job = drive(start(owner))
    assert bills(job) == [(CallOutcome.ACCEPTED, ONE)] * 2
    assert job.result is not None
    told = {name: job.result["metadata"][name] for name in ("attempts", "tokens_in", "tokens_out", "cost_usd")}
    assert told == {"attempts": 2, "tokens_in": 1624, "tokens_out": 1596, "cost_usd": float(2 * ONE)}
    books_agree()


def test_an_answer_that_is_bad_twice_fails_and_is_paid_twice(owner: User, google: Google) -> None:
    google.faults["generate"].extend([written(scenes_json(2)), written(scenes_json(2))])
    job = drive(start(owner))
    assert job.error is not None
    assert (job.error["code"], google.count("generate")) == ("provider:answer:bad", 2)
    assert "held 2 scenes" in job.error["detail"]
    assert (job.cost_usd, of_user(owner)) == (2 * ONE, (Decimal(0), 2 * ONE))
    books_agree()


def test_a_blocked_prompt_costs_its_own_tokens_only(owner: User, google: Google) -> None:
    google.faults["generate"].append(blocked("PROHIBITED_CONTENT"))
    job = drive(start(owner))
    assert job.error is not None
    assert (job.error["code"], bills(job)) == ("provider:call:refused", [(CallOutcome.ACCEPTED, Decimal("0.000006"))])
    books_agree()


def test_a_busy_or_failing_provider_costs_nothing(owner: User, google: Google) -> None:
    google.faults["generate"].extend([error(503, "UNAVAILABLE", "Overloaded."), Answer(500, "<html>oops</html>")])
    job = drive(start(owner))
    assert bills(job) == [(CallOutcome.REFUSED, Decimal(0))] * 2
    assert of_user(owner) == (Decimal(0), Decimal(0))
    books_agree()


@pytest.mark.parametrize("second", [LOST, error(400, "INVALID_ARGUMENT", "No."), written("{}")])
def test_a_second_answer_that_does_not_come_leaves_the_first(owner: User, google: Google, second: Answer) -> None:
    google.faults["generate"].extend([BROKEN, second])
    job = drive(start(owner))
    assert (job.state, google.count("generate")) == (JobState.SUCCEEDED, 2)
    assert job.result is not None
    assert job.result["metadata"]["rules_broken"]
    books_agree()


@pytest.mark.parametrize(
    ("first", "state", "code"),
    [
        (BROKEN, JobState.SUCCEEDED, None),
        (written(scenes_json(2)), JobState.FAILED, "user:cost:over_budget"),
        (LOST, JobState.FAILED, "user:cost:over_budget"),
    ],
)
def test_asking_again_must_fit_into_the_budget_too(
    owner: User, google: Google, settings: Settings, *, first: Answer, state: JobState, code: str | None
) -> None:
    settings.MV_BUDGET_USER_USD = ESTIMATE + ONE / 2
    google.faults["generate"].append(first)
    job = drive(start(owner))
    assert (job.state, job.error and job.error["code"], google.count("generate")) == (state, code, 1)
    if job.result is not None:
        assert job.result["metadata"]["rules_broken"]
        assert job.result["metadata"]["attempts"] == 1
    assert of_user(owner) == (Decimal(0), ESTIMATE if first is LOST else ONE)
    books_agree()


def test_a_lost_answer_is_counted_and_sent_again_once(owner: User, google: Google) -> None:
    google.faults["generate"].append(LOST)
    job = drive(start(owner))
    assert bills(job) == [(CallOutcome.ABANDONED, ESTIMATE), (CallOutcome.ACCEPTED, ONE)]
    google.faults["generate"].extend([LOST, LOST])
    lost = drive(start(owner))
    assert (lost.state, google.count("generate")) == (JobState.NEEDS_REVIEW, 4)
    assert lost.held_usd == ESTIMATE
    assert bills(lost) == [(CallOutcome.ABANDONED, ESTIMATE), (CallOutcome.UNKNOWN, Decimal(0))]
    books_agree()


@pytest.mark.parametrize("bought", [True, False])
def test_above_the_setting_a_person_decides(owner: User, google: Google, settings: Settings, *, bought: bool) -> None:
    settings.MV_RESEND_BELOW_USD = Decimal("0.03")
    google.faults["generate"].append(LOST)
    job = drive(start(owner))
    assert (job.state, google.count("generate"), job.held_usd) == (JobState.NEEDS_REVIEW, 1, ESTIMATE)
    job = jobs.resolve(job, bought=bought)
    if not bought:
        job = drive(job)
        assert (job.state, job.cost_usd) == (JobState.SUCCEEDED, ONE)
    else:
        assert (job.state, job.cost_usd) == (JobState.FAILED, ESTIMATE)
    books_agree()


class DiedError(BaseException):
    """Ends a worker where a SIGKILL would: nothing of ours catches it."""


@pytest.fixture
def die_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Name places at which the worker dies, each once."""
    places: list[str] = []

    def die(name: str) -> None:
        if name in places:
            places.remove(name)
            raise DiedError

    monkeypatch.setattr(asking, "crash_point", die)
    return places


def died(job: Job) -> Job:
    with pytest.raises(DiedError):
        engine.advance(job.pk)
    lose_lease(job)
    return job


@pytest.mark.parametrize(("place", "asked"), [("after_intent", 1), ("after_submit", 2)])
def test_a_worker_that_dies_in_mid_writing_sends_it_again_once(
    owner: User, google: Google, die_at: list[str], place: str, asked: int
) -> None:
    die_at.append(place)
    job = drive(died(start(owner)))
    assert (job.state, google.count("generate")) == (JobState.SUCCEEDED, asked)
    assert bills(job) == [(CallOutcome.ABANDONED, ESTIMATE), (CallOutcome.ACCEPTED, ONE)]
    books_agree()


def test_what_was_answered_before_the_worker_died_is_not_bought_again(
    owner: User, google: Google, die_at: list[str]
) -> None:
    google.faults["generate"].append(BROKEN)
    die_at.append("after_answer")
    job = died(start(owner))
    die_at.append("after_answer")
    job = drive(died(job))
    assert (job.state, google.count("generate")) == (JobState.SUCCEEDED, 2)
    assert bills(job) == [(CallOutcome.ACCEPTED, ONE)] * 2
    assert job.result is not None
    assert (job.result["metadata"]["attempts"], job.result["metadata"]["tokens_in"]) == (2, 1624)
    books_agree()


def test_a_writing_that_is_canceled_in_mid_sentence_is_counted(owner: User, google: Google, die_at: list[str]) -> None:
    die_at.append("after_submit")
    job = died(start(owner))
    jobs.request_cancel(job)
    job = drive(job)
    assert (job.state, job.cost_usd, of_user(owner)) == (JobState.CANCELED, ESTIMATE, (Decimal(0), ESTIMATE))
    books_agree()


def test_a_writing_that_runs_out_of_time_is_not_called_canceled(owner: User, google: Google, die_at: list[str]) -> None:
    die_at.append("after_submit")
    job = died(start(owner))
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now())
    job = drive(job)
    assert (job.state, job.cost_usd) == (JobState.FAILED, ESTIMATE)
    assert [call.error_code for call in job.calls.all()] == ["app:job:deadline"]
    books_agree()


def test_a_retry_of_a_writing_holds_its_estimate_anew(owner: User, google: Google) -> None:
    google.faults["generate"].append(written("", finish="SAFETY"))
    job = drive(start(owner))
    assert (job.state, of_user(owner)[0]) == (JobState.FAILED, Decimal(0))
    assert jobs.retry(job).held_usd == ESTIMATE
    job = drive(job)
    assert job.state == JobState.SUCCEEDED
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error={"code": "app:server:error"})
    assert jobs.retry(job).held_usd == ESTIMATE
    books_agree()


def test_a_price_above_the_threshold_is_asked_back(owner: User, google: Google, settings: Settings) -> None:
    settings.MV_CONFIRM_ABOVE_USD = Decimal("0.01")
    with pytest.raises(UserError, match="user:cost:confirm"):
        start(owner)
    assert not ProviderCall.objects.exists()
