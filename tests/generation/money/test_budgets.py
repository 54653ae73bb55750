"""What a budget lets through, and what it says when it does not."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation import jobs, money
from generation.choices import JobKind
from generation.models import Budget, Job, ProviderCall
from mvsite.accounts.models import User
from tests.support.clock import noon
from tests.support.money import NOTHING, VEO_8_S, books_agree, budget, of_user
from tests.support.rows import a_project

__all__ = ["noon"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture(autouse=True)
def paid(settings: Settings) -> None:
    """Let clips be made where they cost something; no worker runs, so nothing is sent."""
    settings.REPLICATE_API_TOKEN = "r8_only-to-have-a-price"
    settings.MV_CONFIRM_ABOVE_USD = Decimal(1000)


def clip(api: APIClient, **words: Any) -> Any:
    return api.post(
        "/api/mv/generate_video", {"prompt": "a boat", "duration": 8, "generate_audio": True, **words}, format="json"
    )


def test_without_a_limit_everything_is_counted_and_nothing_refused(api: APIClient, owner: User) -> None:
    assert [clip(api).status_code for _ in range(3)] == [202] * 3
    assert of_user(owner) == (3 * VEO_8_S, NOTHING)
    books_agree()


def test_what_costs_nothing_leaves_no_budget(api: APIClient) -> None:
    assert clip(api, backend="sample").status_code == 202
    assert not Budget.objects.exists()


@pytest.mark.parametrize("scope", ["USER", "PROJECT", "DAY"])
def test_the_last_that_fits_is_taken_and_the_next_one_refused(
    api: APIClient, owner: User, settings: Settings, scope: str
) -> None:
    setattr(settings, f"MV_BUDGET_{scope}_USD", 2 * VEO_8_S)
    project = a_project(owner, scenes=3)
    answers = [clip(api, scene_id=str(scene.pk)) for scene in project.scenes.all()]
    assert [answer.status_code for answer in answers] == [202, 202, 402]
    problem = answers[-1].json()
    assert problem["code"] == "user:cost:over_budget"
    assert problem["budget"] == {
        "scope": scope.lower(),
        "project_id": str(project.pk) if scope == "PROJECT" else None,
        "day": timezone.now().date().isoformat() if scope == "DAY" else None,
        "limit_usd": "6.4000",
        "spent_usd": "0.0000",
        "held_usd": "6.4000",
    }
    assert (problem["left_usd"], problem["needed_usd"]) == ("0.0000", "3.2000")
    assert Job.objects.count() == 2
    books_agree()


def test_a_row_of_its_own_goes_before_the_settings(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = Decimal(0)
    assert clip(api).status_code == 402
    Budget.objects.create(scope="user", key=f"user:{owner.pk}", owner=owner, limit_usd=VEO_8_S)
    assert [clip(api).status_code for _ in range(2)] == [202, 402]
    Budget.objects.update(mode="observe")
    assert clip(api).status_code == 202


def test_a_budget_that_warns_lets_the_job_go_with_a_warning(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_DAY_USD, settings.MV_BUDGET_MODE = VEO_8_S, "warn"
    assert [clip(api).status_code for _ in range(2)] == [202, 202]
    warnings = [job.params["warnings"] for job in Job.objects.order_by("created_at")]
    assert warnings == [[], ["Today's budget of $3.20 is passed: $6.40 is spent or held."]]


def test_a_budget_that_observes_says_nothing(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD, settings.MV_BUDGET_MODE = Decimal(1), "observe"
    assert clip(api).status_code == 202
    assert Job.objects.get().params["warnings"] == []
    assert of_user(owner) == (VEO_8_S, NOTHING)


def test_tenths_add_up_to_the_very_limit(owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = Decimal("1.0")
    for _ in range(10):
        jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, estimated_cost_usd=Decimal("0.1"))
    assert of_user(owner) == (Decimal(1), NOTHING)


def test_tenths_that_are_given_back_leave_nothing(owner: User) -> None:
    amounts = (Decimal("0.8"), Decimal("0.1"))  # in binary fractions 0.8 + 0.1 - 0.8 - 0.1 is below nothing
    for job in [
        jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, estimated_cost_usd=amount) for amount in amounts
    ]:
        jobs.request_cancel(job)
    assert Budget.objects.filter(reserved_usd=0).count() == 2


def test_a_batch_is_admitted_whole_or_not_at_all(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = Decimal("0.15")
    words = {"character_description": "a singer", "num_images": 4}
    refused = api.post("/api/mv/generate_character_reference", words, format="json")
    assert (refused.status_code, refused.json()["needed_usd"]) == (402, "0.1600")
    assert not Job.objects.exists()
    settings.MV_BUDGET_USER_USD = Decimal("0.16")
    assert api.post("/api/mv/generate_character_reference", words, format="json").status_code == 202
    parent = Job.objects.get(parent=None)
    assert parent.held_usd == 0
    assert [child.held_usd for child in parent.children.all()] == [Decimal("0.04")] * 4
    books_agree()


def test_a_canceled_job_gives_back_and_a_retry_holds_anew(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = 2 * VEO_8_S
    first, second = (clip(api).json()["id"] for _ in range(2))
    assert api.post(f"/api/mv/jobs/{first}/cancel").status_code == 200
    assert of_user(owner) == (VEO_8_S, NOTHING)
    third = clip(api).json()["id"]
    assert api.post(f"/api/mv/jobs/{first}/retry").status_code == 402
    assert Job.objects.get(pk=first).state == "canceled"
    api.post(f"/api/mv/jobs/{third}/cancel")
    assert api.post(f"/api/mv/jobs/{first}/retry").status_code == 202
    api.post(f"/api/mv/jobs/{second}/cancel")
    assert of_user(owner) == (VEO_8_S, NOTHING)
    books_agree()


def test_a_bill_after_midnight_counts_on_the_day_of_its_hold(owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_DAY_USD = VEO_8_S
    today, tomorrow = timezone.now().date(), timezone.now().date() + timedelta(days=1)
    parent = jobs.enqueue(kind=JobKind.RUN, owner=owner, params={}, estimated_cost_usd=VEO_8_S)
    with patch("generation.money.holds.today", return_value=tomorrow):
        child = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, parent=parent, estimated_cost_usd=VEO_8_S)
        assert child.held_on == today
        money.settle(child, money.intent(child, provider="replicate", model="m", request_hash="h"), cost=None)
        jobs.request_cancel(child)
        assert budget(f"day:{owner.pk}:{today}") == (NOTHING, VEO_8_S)
        assert jobs.retry(child).held_on == tomorrow
    assert budget(f"day:{owner.pk}:{tomorrow}") == (VEO_8_S, NOTHING)
    books_agree()


def test_a_bill_above_the_estimate_counts_in_full_and_shuts_the_budget(
    api: APIClient, owner: User, settings: Settings
) -> None:
    settings.MV_BUDGET_USER_USD = 2 * VEO_8_S
    job = Job.objects.get(pk=clip(api).json()["id"])
    call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
    for _ in range(2):
        money.settle(job, call, cost=Decimal(7))
    assert of_user(owner) == (NOTHING, Decimal(7))
    refused = clip(api).json()
    assert (refused["code"], refused["left_usd"]) == ("user:cost:over_budget", "0.0000")
    books_agree()


def test_bills_from_before_there_were_budgets_are_counted(owner: User) -> None:
    project = a_project(owner)
    for number, cost in enumerate(("1.5", "0.25", "0")):
        whose = project if number else None
        job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, project=whose, estimated_cost_usd=Decimal(2))
        money.settle(job, money.intent(job, provider="replicate", model="m", request_hash="h"), cost=Decimal(cost))
        jobs.request_cancel(job)
    Budget.objects.all().delete()
    ProviderCall.objects.update(billed_on=None)
    import_module("generation.migrations.0002_budgets").count_what_was_billed(apps, None)
    assert (of_user(owner), Budget.objects.count()) == ((NOTHING, Decimal("1.75")), 3)
    books_agree()


def test_another_users_budget_is_their_own(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD = VEO_8_S
    other = User.objects.create(username="other")
    jobs.enqueue(kind=JobKind.CLIP, owner=other, params={}, estimated_cost_usd=VEO_8_S)
    assert clip(api).status_code == 202
    assert budget(f"user:{other.pk}") == of_user(owner) == (VEO_8_S, NOTHING)
