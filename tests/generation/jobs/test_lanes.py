"""Places in a provider's lane: never more than the account may have, given by age, and nobody asks all the time."""

import re
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobKind, JobState
from generation.jobs import lanes
from generation.models import Job, Lane, ProviderCall
from generation.pipelines import engine
from generation.services.clips import clip_request
from mvsite.accounts.models import User
from mvsite.common.errors import AppError
from tests.providers_server.replicate import Replicate
from tests.providers_server.replicate_models import ERRORS
from tests.support.engine import drive, make_due
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]


@pytest.fixture(autouse=True)
def lane(settings: Settings, replicate: Replicate) -> None:
    """Let Replicate take two orders at once, sixty a minute (six at once)."""
    settings.MV_LANES = {**settings.MV_LANES, "replicate": (2, 60)}
    replicate.words = "run-slow"


def ordered(owner: User, count: int, prompt: str = "waves") -> list[Job]:
    """Ask for clips, the first one first, and let each take its first step."""
    asked = [clip_request(owner=owner, parameters={"prompt": f"{prompt} {n}"}) for n in range(count)]
    for job in asked:
        engine.advance(job.pk)
    return [Job.objects.get(pk=job.pk) for job in asked]


def seconds_left(job: Job) -> float:
    return (job.next_at - timezone.now()).total_seconds()


def stages(asked: list[Job]) -> list[str]:
    return [job.stage for job in asked]


def finish(job: Job, replicate: Replicate) -> None:
    """Let the provider finish this one, and hear of it."""
    order = replicate.standin.orders.get(str(ProviderCall.objects.get(job=job).provider_id))
    assert order is not None
    order.end("succeeded")
    order.ending = ""
    make_due(job)
    engine.advance(job.pk)


def test_no_more_orders_are_open_than_the_account_may_have(owner: User, replicate: Replicate) -> None:
    first, second, third, fourth = ordered(owner, 4)
    assert len(replicate.creates) == 2
    assert stages([first, second]) == ["waiting for the provider"] * 2
    assert stages([third, fourth]) == ["waiting for a free place at replicate"] * 2
    assert (third.state, third.lease_owner, third.calls.count()) == (JobState.WAITING, "", 0)
    assert seconds_left(third) > 25
    assert seconds_left(fourth) > 25


def test_a_free_place_calls_the_oldest_and_nobody_else(owner: User, replicate: Replicate) -> None:
    first, _, third, fourth = ordered(owner, 4)
    finish(first, replicate)
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert seconds_left(third) <= 0
    assert seconds_left(fourth) > 25
    (newcomer,) = ordered(owner, 1)
    assert newcomer.stage == "waiting for a free place at replicate"
    engine.advance(third.pk)
    assert [each["input"]["prompt"] for each in replicate.creates] == ["waves 0", "waves 1", "waves 2"]
    assert Job.objects.get(pk=third.pk).waits_for is None


def test_one_after_the_other_all_get_their_turn(owner: User, replicate: Replicate) -> None:
    asked = ordered(owner, 6)
    replicate.words = ""
    for job in asked[:2]:
        finish(job, replicate)
    assert {drive(job).state for job in asked} == {JobState.SUCCEEDED}
    assert len(replicate.creates) == 6
    assert Job.objects.exclude(waits_for=None).count() == 0


def test_the_farther_back_in_line_the_rarer_the_looks(owner: User, settings: Settings) -> None:
    settings.MV_LANES = {**settings.MV_LANES, "replicate": (1, 60)}
    waiting = ordered(owner, 6)[1:]
    assert [seconds_left(job) > 25 * (n + 1) for n, job in enumerate(waiting)] == [True] * 5


def test_the_rate_spreads_orders_in_the_order_of_their_age(owner: User, settings: Settings) -> None:
    settings.MV_LANES = {**settings.MV_LANES, "replicate": (100, 6)}
    asked = ordered(owner, 4)
    assert stages(asked) == ["waiting for the provider"] + ["waiting for its turn at replicate"] * 3
    assert seconds_left(asked[1]) <= 10
    assert [round((later.next_at - job.next_at).total_seconds()) for job, later in pairwise(asked[1:])] == [10, 10]


def test_a_wish_to_wait_closes_the_lane_for_everybody(owner: User, replicate: Replicate) -> None:
    replicate.words = "create-429-once run-slow"
    first, second = ordered(owner, 2)
    assert [re.sub(r"\d+", "N", stage) for stage in stages([first, second])] == ["replicate asks us to wait N s"] * 2
    assert seconds_left(first) <= 7
    assert 0 < (second.next_at - first.next_at).total_seconds() < 3
    assert len([path for method, path, _ in replicate.requests if method == "POST"]) == 1
    make_due(first)
    engine.advance(first.pk)
    assert len(replicate.creates) == 1


def test_little_credit_slows_the_lane_down(
    owner: User, replicate: Replicate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MV_LANES = {**settings.MV_LANES, "replicate": (100, 60)}
    said = "Request was throttled: reduced to 6 requests per minute with a burst of 1 requests while you have less ..."
    monkeypatch.setitem(ERRORS[429], "detail", said)
    replicate.words = "create-429-once run-slow"
    (first,) = ordered(owner, 1)
    Lane.objects.update(paused_until=None, tokens_at=timezone.now())
    Job.objects.update(next_at=timezone.now())
    engine.advance(first.pk)
    second, third = ordered(owner, 2)
    assert len(replicate.creates) == 1
    assert stages([second, third]) == ["waiting for its turn at replicate"] * 2
    assert [round(seconds_left(job), -1) for job in (second, third)] == [10, 20]


def test_time_in_line_is_no_time_of_the_work(owner: User) -> None:
    parent = jobs.enqueue(kind=JobKind.RUN, owner=owner, params={})
    for n in range(3):
        job = clip_request(owner=owner, parameters={"prompt": f"waves {n}"}, parent=parent)
        Job.objects.filter(pk__in=[job.pk, parent.pk]).update(deadline_at=timezone.now() + timedelta(minutes=1))
        engine.advance(job.pk)
    waiting = Job.objects.exclude(waits_for=None).get()
    assert waiting.deadline_at > timezone.now() + timedelta(minutes=30)
    assert waiting.parent is not None
    assert waiting.parent.deadline_at >= waiting.deadline_at


@pytest.mark.parametrize("how", ["fail", "cancel"])
@pytest.mark.django_db(transaction=True)
def test_a_job_that_ends_in_any_way_leaves_its_place(owner: User, how: str) -> None:
    first, _, third = ordered(owner, 3)
    make_due(first)
    claim = jobs.claim(first.pk)
    assert claim is not None
    claim.fail(AppError("app:job:poison")) if how == "fail" else claim.cancel()
    third.refresh_from_db()
    assert seconds_left(third) <= 0


def test_who_is_canceled_stands_in_nobodys_way(owner: User, replicate: Replicate) -> None:
    first, _, third, fourth = ordered(owner, 4)
    jobs.request_cancel(third)
    finish(first, replicate)
    fourth.refresh_from_db()
    assert seconds_left(fourth) <= 0
    assert drive(third).state == JobState.CANCELED


@pytest.mark.django_db(transaction=True)
def test_threads_that_come_at_once_share_the_places(owner: User, replicate: Replicate) -> None:
    asked = [clip_request(owner=owner, parameters={"prompt": f"waves {n}"}) for n in range(8)]
    at_once(*(partial(engine.advance, job.pk) for job in asked))
    assert len(replicate.creates) == 2
    assert Lane.objects.count() == 1
    assert ProviderCall.objects.open().count() == 2
    assert Job.objects.exclude(waits_for=None).count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_place_belongs_to_the_call_it_is_taken_for(owner: User) -> None:
    job = clip_request(owner=owner, parameters={"prompt": "waves"})
    with pytest.raises(RuntimeError, match="outside the transaction"):
        lanes.take_place(job, "google/veo-3.1")


def test_two_keys_are_two_lanes_and_no_key_is_written_down(owner: User, settings: Settings) -> None:
    ordered(owner, 2)
    key = settings.REPLICATE_API_TOKEN = settings.REPLICATE_API_TOKEN.swapcase()
    ordered(owner, 2)
    accounts = list(Lane.objects.values_list("account", flat=True))
    assert len(set(accounts)) == 2
    assert all(key[n : n + 6] not in account for account in accounts for n in range(len(key) - 6))
