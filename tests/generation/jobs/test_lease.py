"""Who holds a job: one claim wins, the fence holds, the dead are found out."""

import platform
import threading
import uuid
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation import events, jobs
from generation.choices import JobState
from generation.jobs import heartbeat
from generation.jobs.identity import is_dead, this_machine, this_process
from generation.jobs.workers import beat
from generation.models import Event, Job
from mvsite.accounts.models import User
from tests.support.engine import buy, lose_lease, make_due
from tests.support.processes import ran, wait_for

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=1)


def test_a_job_is_claimed_once(owner: User) -> None:
    job = buy(owner, "a teal square")
    first = jobs.claim(job.pk)
    assert first is not None
    assert first.job.state == JobState.RUNNING
    assert jobs.claim(job.pk) is None


def test_an_unknown_job_is_not_claimed() -> None:
    assert jobs.claim(uuid.uuid4()) is None


@pytest.mark.django_db(transaction=True)
def test_one_of_many_claims_wins(owner: User) -> None:
    job = buy(owner, "a teal square")
    won: list[bool] = []
    gate = threading.Barrier(8)

    def grab() -> None:
        gate.wait()
        won.append(jobs.claim(job.pk) is not None)
        connection.close()

    threads = [threading.Thread(target=grab) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_can_write_nothing(owner: User) -> None:
    job = buy(owner, "a teal square")
    old = jobs.claim(job.pk)
    assert old is not None
    lose_lease(job)
    new = jobs.claim(job.pk)
    assert new is not None
    assert new.job.failures == 1
    with pytest.raises(jobs.LeaseLost):
        old.report(0.5)
    with pytest.raises(jobs.LeaseLost):
        old.park(1)
    with pytest.raises(jobs.LeaseLost):
        old.cancel()
    job.refresh_from_db()
    assert (job.state, job.progress) == (JobState.RUNNING, 0.0)
    new.succeed(lambda: {"made": True})
    job.refresh_from_db()
    assert job.result == {"made": True}


def test_what_finish_wrote_goes_back_when_the_fence_has_moved(owner: User) -> None:
    job = buy(owner, "a teal square")
    old = jobs.claim(job.pk)
    assert old is not None
    lose_lease(job)
    jobs.claim(job.pk)

    def finish() -> dict[str, Any]:
        pytest.fail("it was asked for its rows though the job is somebody else's")

    with pytest.raises(jobs.LeaseLost):
        old.succeed(finish)


def test_a_parked_job_waits_for_its_time(owner: User) -> None:
    job = buy(owner, "a teal square")
    claim = jobs.claim(job.pk)
    assert claim is not None
    claim.park(60, state=JobState.WAITING, stage="the provider is working", progress=0.3)
    assert jobs.claim(job.pk) is None
    make_due(job)
    again = jobs.claim(job.pk)
    assert again is not None
    assert (again.job.state, again.job.progress, again.job.failures) == (JobState.WAITING, 0.3, 0)


def test_progress_never_falls(owner: User) -> None:
    claim = jobs.claim(buy(owner, "a teal square").pk)
    assert claim is not None
    claim.report(0.6)
    claim.report(0.2)
    claim.park(5, stage="later", progress=0.1)
    claim.job.refresh_from_db()
    assert claim.job.progress == 0.6
    assert [event.data["progress"] for event in Event.objects.filter(job=claim.job)] == [0.0, 0.0, 0.6, 0.6, 0.6]


@pytest.fixture
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a heart beat so often that a test need not wait for it; the lease is as long as ever."""
    monkeypatch.setattr(heartbeat, "LONGEST_PAUSE", 0.02)


def stops(claim: jobs.Claim, why: type[Exception]) -> bool:
    """Say whether work that reports now is told to stop, for this reason."""
    try:
        claim.tick(0.5)
    except why:
        return True
    return False


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick_beats")
def test_a_heartbeat_keeps_the_lease_and_hears_the_wish_to_stop(owner: User) -> None:
    job = buy(owner, "a teal square")
    claim = jobs.claim(job.pk)
    assert claim is not None

    def lasts() -> bool:
        return Job.objects.filter(pk=job.pk, lease_until__gt=timezone.now()).exists()

    with claim.heartbeat():
        for _ in range(2):
            lose_lease(job)
            wait_for(lasts, seconds=30, saying="the lease is longer again")
        assert jobs.claim(job.pk) is None
        assert not stops(claim, jobs.Stopped)
        jobs.request_cancel(job)
        wait_for(lambda: stops(claim, jobs.Stopped), seconds=30, saying="the wish to stop is heard")


@pytest.mark.parametrize(("lease", "pause"), [(0.6, 0.2), (60, 1.0)])
def test_a_heart_beats_three_times_in_a_lease_and_every_second(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lease: float, pause: float
) -> None:
    settings.MV_LEASE_SECONDS = lease
    monkeypatch.setattr(heartbeat, "LONGEST_PAUSE", 1.0)
    pauses: list[float] = []

    class Clock(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            return len(pauses) > 3

    monkeypatch.setattr(heartbeat, "threading", SimpleNamespace(Event=Clock, Thread=threading.Thread))
    with heartbeat.Heartbeat(lambda: (True, False)):
        wait_for(lambda: len(pauses) == 4, seconds=30, saying="it beats three times")
    assert pauses == [pytest.approx(pause)] * 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick_beats")
def test_a_heartbeat_notices_that_the_job_is_somebody_elses(owner: User) -> None:
    job = buy(owner, "a teal square")
    claim = jobs.claim(job.pk)
    assert claim is not None
    lose_lease(job)
    assert jobs.claim(job.pk) is not None
    with claim.heartbeat():
        wait_for(lambda: stops(claim, jobs.LeaseLost), seconds=30, saying="it is told that the job is lost")


def test_the_lease_of_a_dead_process_is_ended_and_that_of_a_living_one_is_kept(owner: User, data_dir: Path) -> None:
    dead, alive = buy(owner, "one"), buy(owner, "two")
    jobs.claim(dead.pk)
    jobs.claim(alive.pk)
    words = "import django; django.setup(); from generation.jobs import identity; print(identity.this_process())"
    child = ran(data_dir, "-c", words)
    Job.objects.filter(pk=dead.pk).update(lease_owner=child.stdout.strip())
    assert jobs.forget_broken_leases() == 1
    assert jobs.claim(dead.pk) is not None
    assert jobs.claim(alive.pk) is None


def test_only_processes_of_this_machine_are_called_dead() -> None:
    assert not is_dead(this_process())
    assert is_dead(f"{this_machine()} 999999999 1")
    assert not is_dead("another-machine/boot/pid:[1] 999999999 1")
    assert not is_dead("")


def test_a_long_name_of_a_host_leaves_room_for_the_process(
    owner: User, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Kubernetes gives names of 63 characters that begin alike; PostgreSQL keeps a hundred characters in all."""
    request.addfinalizer(this_machine.cache_clear)
    names = []
    for end in "ab":
        monkeypatch.setattr(platform, "node", lambda name="n" * 252 + end: name)
        this_machine.cache_clear()
        names.append(this_machine())
    assert names[0] != names[1]
    assert len(f"{names[0]} {2**22} {2**64}") <= 100
    beat(name="worker", queues=["default"])
    assert jobs.claim(buy(owner, "a teal square").pk) is not None
    assert not is_dead(this_process())


def test_events_are_numbered_without_a_gap_and_need_a_transaction(owner: User) -> None:
    job = buy(owner, "a teal square")
    claim = jobs.claim(job.pk)
    assert claim is not None
    claim.report(0.5)
    claim.succeed(lambda: {"made": True})
    told = list(Event.objects.filter(stream=job.stream_id).values_list("number", "kind"))
    assert told == [(1, "job.queued"), (2, "job.started"), (3, "job.progressed"), (4, "job.succeeded")]
    assert events.cursor(job.stream_id) == 4


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(owner: User) -> None:
    with pytest.raises(RuntimeError):
        events.record("something.happened", stream=owner.pk, data={})


def test_an_event_goes_back_with_its_transaction(owner: User) -> None:
    job = buy(owner, "a teal square")

    def tell_and_break() -> None:
        with transaction.atomic():
            events.record("something.happened", stream=job.stream_id, data={}, job=job)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_break()
    assert events.cursor(job.stream_id) == 1


def test_the_sweeper_rings_once_for_what_is_due(owner: User, settings: Settings) -> None:
    job = buy(owner, "a teal square")
    assert jobs.ring_due() == 0  # it was rung for when it was made
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now() - timedelta(minutes=1))
    assert jobs.ring_due() == 1
    assert jobs.ring_due() == 0
    Job.objects.filter(pk=job.pk).update(next_at=timezone.now() + timedelta(minutes=1), sent_at=None)
    assert jobs.ring_due() == 0


def test_bells_do_not_pile_up_where_nobody_comes(owner: User) -> None:
    for n in range(70):
        buy(owner, f"a teal square {n}")
    old = timezone.now() - timedelta(minutes=1)
    Job.objects.update(sent_at=old, next_at=old)
    assert [jobs.ring_due(), jobs.ring_due()] == [64, 0]
    rung = Job.objects.filter(sent_at__gt=old)
    Job.objects.filter(pk__in=list(rung.values_list("pk", flat=True)[:5])).update(lease_until=timezone.now() + LEASE)
    assert jobs.ring_due() == 5  # as many as were taken
    Job.objects.filter(sent_at=old).update(queue="render")
    assert jobs.ring_due() == 1  # another queue has room of its own
