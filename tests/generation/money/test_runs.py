"""Whole batches on a paid provider: held as a whole, billed by what came, and nothing is held in the end."""

import random
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Job, Project
from generation.services.clips import clip_request
from generation.services.portraits import portraits_request
from generation.services.projects import project_create
from generation.services.runs import run_request
from mvsite.accounts.models import User
from tests.providers_server.replicate import Replicate
from tests.support.engine import drive, lose_lease, make_due, work_off
from tests.support.money import NOTHING, VEO_8_S, books_agree, budget, of_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
PORTRAIT = Decimal("0.04")


@pytest.fixture(autouse=True)
def no_asking(settings: Settings) -> None:
    settings.MV_CONFIRM_ABOVE_USD = Decimal(1000)


@pytest.fixture
def project(owner: User) -> Project:
    return project_create(
        owner=owner, idea="A boat on a lake", character_description="a woman in red", number_of_scenes=3, seed=11
    )


def run(project: Project) -> Job:
    job = run_request(project=project)
    work_off()
    job.refresh_from_db()
    return job


def clips(project: Project) -> list[str]:
    return sorted(project.jobs.filter(kind=JobKind.CLIP).values_list("state", flat=True))


def test_a_run_holds_its_whole_price_and_spends_what_came(
    owner: User, project: Project, replicate: Replicate, settings: Settings
) -> None:
    settings.MV_BUDGET_PROJECT_USD = 3 * VEO_8_S
    job = run_request(project=project)
    assert budget(f"project:{project.pk}") == (3 * VEO_8_S, NOTHING)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error
    assert budget(f"project:{project.pk}") == (NOTHING, 3 * VEO_8_S)
    assert len(replicate.creates) == 3
    books_agree()


def test_a_run_that_does_not_fit_starts_nothing(
    api: APIClient, project: Project, replicate: Replicate, settings: Settings
) -> None:
    settings.MV_BUDGET_DAY_USD = 3 * VEO_8_S - Decimal("0.01")
    refused = api.post(f"/api/mv/projects/{project.pk}/run")
    assert (refused.status_code, refused.json()["needed_usd"]) == (402, "9.6000")
    assert not Job.objects.exists()


def test_clips_that_fail_are_given_back_and_the_next_run_pays_for_them_only(
    owner: User, project: Project, replicate: Replicate, settings: Settings
) -> None:
    settings.MV_BUDGET_USER_USD = 3 * VEO_8_S
    replicate.standin.faults.add("run-fails", times=2)
    assert run(project).state == JobState.SUCCEEDED
    assert clips(project) == ["failed", "failed", "succeeded"]
    assert of_user(owner) == (NOTHING, VEO_8_S)
    again = run_request(project=project)
    assert again.estimated_cost_usd == 2 * VEO_8_S
    work_off()
    assert of_user(owner) == (NOTHING, 3 * VEO_8_S)
    books_agree()


def test_a_retried_run_holds_what_is_still_missing(
    owner: User, project: Project, replicate: Replicate, settings: Settings
) -> None:
    settings.MV_BUDGET_USER_USD = 3 * VEO_8_S
    job = run_request(project=project)
    work_off(until=lambda: project.jobs.filter(kind=JobKind.CLIP, state=JobState.SUCCEEDED).exists())
    jobs.request_cancel(job)
    work_off()
    held, spent = of_user(owner)
    assert (held, Job.objects.get(pk=job.pk).state) == (NOTHING, JobState.CANCELED)
    made = project.jobs.filter(kind=JobKind.CLIP, state=JobState.SUCCEEDED).count()
    settings.MV_BUDGET_USER_USD = spent + (3 - made) * VEO_8_S
    job = jobs.retry(job)
    assert job.held_usd == (3 - made) * VEO_8_S
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error
    books_agree()


def test_portraits_of_which_some_fail(owner: User, replicate: Replicate) -> None:
    replicate.standin.faults.add("run-fails", times=2)
    job = portraits_request(owner=owner, character_description="a singer", num_images=4)
    assert of_user(owner) == (4 * PORTRAIT, NOTHING)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert of_user(owner) == (NOTHING, 2 * PORTRAIT)
    books_agree()


def test_portraits_that_all_failed_hold_anew_for_a_retry(owner: User, replicate: Replicate) -> None:
    replicate.standin.faults.add("run-fails", times=4)
    job = portraits_request(owner=owner, character_description="a singer", num_images=4)
    work_off()
    job.refresh_from_db()
    assert (job.state, of_user(owner)) == (JobState.FAILED, (NOTHING, NOTHING))
    jobs.retry(job)
    assert of_user(owner) == (4 * PORTRAIT, NOTHING)
    assert [child.held_usd for child in job.children.all()] == [PORTRAIT] * 4
    work_off()
    assert of_user(owner) == (NOTHING, 4 * PORTRAIT)
    books_agree()


def test_what_is_bought_and_can_still_be_fetched_needs_no_money_to_be_retried(
    owner: User, replicate: Replicate, settings: Settings
) -> None:
    settings.MV_BUDGET_USER_USD = VEO_8_S
    job = clip_request(owner=owner, parameters={"prompt": "waves", "duration": 8})
    while job.stage != "ingesting":
        job = drive(job, steps=1)
    Job.objects.filter(pk=job.pk).update(failures=5)
    job = drive(job)
    assert (job.state, of_user(owner)) == (JobState.FAILED, (NOTHING, VEO_8_S))
    job = drive(jobs.retry(job))
    assert (job.state, of_user(owner)) == (JobState.SUCCEEDED, (NOTHING, VEO_8_S))
    assert len(replicate.creates) == 1
    books_agree()


@pytest.mark.parametrize("seed", range(2))
def test_after_random_misfortunes_nothing_is_held_and_the_ledger_is_the_sum(
    owner: User, project: Project, replicate: Replicate, settings: Settings, seed: int
) -> None:
    settings.MV_BUDGET_USER_USD = Decimal(40)
    dice = random.Random(seed)
    words = [
        "",
        "",
        "create-lost-once",
        "create-dropped-once",
        "create-429-once",
        "run-fails",
        "run-nsfw",
        "create-402",
    ]
    for number in range(8):
        clip_request(owner=owner, parameters={"prompt": f"waves {number} {dice.choice(words)}", "duration": 8})
    for _ in range(60):
        job = dice.choice(list(Job.objects.all()))
        match dice.choice(["step", "step", "step", "die", "cancel", "retry"]):
            case "step":
                drive(job, steps=1)
            case "die":
                make_due(job)
                if jobs.claim(job.pk) is not None:
                    lose_lease(job)
            case "cancel" if not job.is_final and dice.random() < 0.3:
                jobs.request_cancel(job)
            case "retry" if job.state in (JobState.FAILED, JobState.CANCELED):
                jobs.retry(job)
        books_agree()
    work_off()
    held, spent = of_user(owner)
    assert held == 0
    assert spent > 0
    books_agree()
