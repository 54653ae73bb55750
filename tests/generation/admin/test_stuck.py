"""The page of stuck work: who is there to do it, and which queues nobody serves."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from generation import jobs
from generation.choices import Queue
from generation.jobs import workers
from generation.models import Worker
from mvsite.accounts.models import User
from tests.support.admin import STUCK
from tests.support.rows import a_job

pytestmark = pytest.mark.django_db
ALL_WELL = "in somebody&#x27;s hands"


def page(client: Client) -> str:
    return str(client.get(STUCK).content.decode()).replace("'", "&#x27;")


def test_workers_are_shown_with_their_queues_and_jobs(staff: Client, owner: User) -> None:
    workers.beat(name="all@here", queues=Queue.values)
    claim = jobs.claim(a_job(owner).pk)
    assert claim is not None
    told = page(staff)
    assert ALL_WELL in told
    assert "Nobody takes work" not in told
    for words in ("<td>all@here</td>", "<td>default, provider, render</td>", "at work</span>", "<td>1</td>"):
        assert words in told, words


def test_dead_workers_are_told_and_nothing_is_said_to_be_well(staff: Client) -> None:
    workers.beat(name="all@here", queues=Queue.values)
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=46))
    told = page(staff)
    assert "Nobody takes work from provider, render, default" in told
    assert ALL_WELL not in told
    assert "not lately</span>" in told


def test_a_queue_without_a_worker_is_named(staff: Client) -> None:
    workers.beat(name="most@here", queues=[Queue.PROVIDER, Queue.DEFAULT])
    assert "Nobody takes work from render:" in page(staff)
