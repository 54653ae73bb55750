"""`GET /api/mv/usage`: the numbers of the ledger, one's own only."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation import jobs, money
from generation.choices import JobKind
from generation.models import Job, Project, ProviderCall
from mvsite.accounts.models import User
from tests.support.clock import noon
from tests.support.rows import a_project, stranger

__all__ = ["noon"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def today() -> date:
    return timezone.now().date()


def bought(
    owner: User, cost: str, *, project: Project | None = None, model: str = "google/veo-3.1", day: date | None = None
) -> Job:
    provider = "gemini" if model.startswith("gemini") else "replicate"
    with patch("generation.money.holds.today", return_value=day or today()):
        job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, project=project, estimated_cost_usd=Decimal(2))
    call = money.intent(job, provider=provider, model=model, request_hash="h")
    money.settle(job, call, cost=Decimal(cost))
    return job


def usage(api: APIClient, **query: Any) -> dict[str, Any]:
    answer = api.get("/api/mv/usage", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_nothing_bought_is_nothing_spent(api: APIClient) -> None:
    found = usage(api)
    assert (found["cost_usd"], found["calls"], found["held_usd"], found["by_day"]) == ("0.0000", 0, "0.0000", [])
    assert [row["scope"] for row in found["budgets"]] == ["user", "day"]
    assert found["budgets"][0]["limit_usd"] is found["budgets"][0]["left_usd"] is None
    assert (found["from"], found["to"]) == ((today() - timedelta(days=29)).isoformat(), today().isoformat())


def test_bills_are_told_by_day_provider_model_and_project(api: APIClient, owner: User) -> None:
    storm, calm = a_project(owner, title="Storm"), a_project(owner, title="Calm")
    earlier = today() - timedelta(days=3)
    bought(owner, "1.5", project=storm)
    bought(owner, "0.003602", project=storm, model="gemini-3.8-flash")
    bought(owner, "2", project=calm, day=earlier)
    bought(owner, "0")
    bought(stranger(), "7")
    found = usage(api)
    assert (found["cost_usd"], found["calls"]) == ("3.5036", 4)
    assert found["by_day"] == [
        {"day": earlier.isoformat(), "cost_usd": "2.0000", "calls": 1},
        {"day": today().isoformat(), "cost_usd": "1.5036", "calls": 3},
    ]
    assert found["by_provider"] == [
        {"provider": "replicate", "cost_usd": "3.5000", "calls": 3},
        {"provider": "gemini", "cost_usd": "0.0036", "calls": 1},
    ]
    assert [row["model"] for row in found["by_model"]] == ["google/veo-3.1", "gemini-3.8-flash"]
    assert [(row["title"], row["cost_usd"]) for row in found["by_project"]] == [
        ("Calm", "2.0000"),
        ("Storm", "1.5036"),
        (None, "0.0000"),
    ]
    ledger = sum(ProviderCall.objects.filter(owner=owner).values_list("cost_usd", flat=True), Decimal(0))
    for name in ("by_day", "by_provider", "by_model", "by_project"):
        # each is rounded by itself, the ledger is not
        told = sum((Decimal(row["cost_usd"]) for row in found[name]), Decimal(0))
        assert abs(told - ledger) < Decimal("0.0001"), name


def test_a_span_and_a_project_narrow_it(api: APIClient, owner: User) -> None:
    storm = a_project(owner, title="Storm")
    earlier = today() - timedelta(days=40)
    bought(owner, "1", project=storm)
    bought(owner, "2", project=storm, day=earlier)
    bought(owner, "4")
    assert usage(api)["cost_usd"] == "5.0000"
    assert usage(api, **{"from": earlier.isoformat()})["cost_usd"] == "7.0000"
    assert usage(api, to=earlier.isoformat())["cost_usd"] == "2.0000"
    found = usage(api, project_id=str(storm.pk), **{"from": earlier.isoformat()})
    assert (found["cost_usd"], found["held_usd"], found["project_id"]) == ("3.0000", "1.0000", str(storm.pk))
    assert [row["scope"] for row in found["budgets"]] == ["user", "project", "day"]


def test_budgets_tell_what_is_spent_held_and_left(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_USER_USD, settings.MV_BUDGET_PROJECT_USD = Decimal(10), Decimal(3)
    settings.MV_BUDGET_MODE = "warn"
    bought(owner, "1.5", project=a_project(owner))
    found = {row["scope"]: row for row in usage(api)["budgets"]}
    same = {"spent_usd": "1.5000", "held_usd": "0.5000"}
    for scope, left in (("user", "8.0000"), ("day", None), ("project", "1.0000")):
        assert found[scope].items() >= {**same, "left_usd": left, "mode": "warn"}.items()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, 400),
        ({"from": "2020-01-01", "to": "2026-11-01"}, 400),
        ({"from": "yesterday"}, 400),
        ({"form": "2026-11-01"}, 400),
        ({"project_id": "nonsense"}, 400),
        ({"project_id": "0b8a7c1e-52c4-4a43-9d2e-6f1f3c8e9a10"}, 404),
    ],
)
def test_questions_that_make_no_sense_are_refused(api: APIClient, query: dict[str, str], status: int) -> None:
    assert api.get("/api/mv/usage", query).status_code == status


def test_another_users_project_is_unknown(api: APIClient) -> None:
    project = a_project(stranger())
    assert api.get("/api/mv/usage", {"project_id": str(project.pk)}).status_code == 404
