"""`GET /api/mv/providers`: what is configured, what is missing, health, prices and waiting times."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.choices import CallOutcome
from generation.models import ProviderCall
from generation.providers import registry
from mvsite.accounts.models import User
from tests.support.rows import a_job

pytestmark = pytest.mark.django_db
VEO, OMNI, WRITER = "google/veo-3.1", "gemini-omni-1.2-flash", "gemini-3.8-flash"
SECRET = "r8_a-secret-that-nobody-sees"


def listed(api: APIClient) -> dict[str, Any]:
    answer = api.get("/api/mv/providers")
    assert answer.status_code == 200, answer.json()
    assert answer["Cache-Control"] == "private, max-age=5"
    assert SECRET not in answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def provider(api: APIClient, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in listed(api)["providers"] if each["name"] == name)
    return found


def model(api: APIClient, name: str) -> dict[str, Any]:
    models = [each for one in listed(api)["providers"] for each in one["models"]]
    found: dict[str, Any] = next(each for each in models if each["model"] == name)
    return found


def call(owner: User, name: str, *, code: str = "", seconds: float = 0.0, ago: float = 5.0, **more: Any) -> None:
    """Write a call into the ledger: refused with a code, or accepted and done after so many seconds."""
    job = a_job(owner)
    sent = timezone.now() - timedelta(seconds=ago)
    ProviderCall.objects.create(
        **{
            "job": job, "owner": owner, "number": 1, "provider": registry.model_facts(name)["provider"], "model": name,
            "request_hash": "x", "sent_at": sent, "answered_at": sent, "error_code": code,
            "outcome": CallOutcome.REFUSED if code else CallOutcome.ACCEPTED,
            "provider_id": None if code else uuid.uuid4().hex,
            "settled_at": sent + timedelta(seconds=seconds) if seconds else None, **more,
        }
    )  # fmt: skip


def test_without_keys_only_the_built_in_provider_is_there(api: APIClient) -> None:
    found = listed(api)
    assert {each["name"]: each["configured"] for each in found["providers"]} == {
        "sample": True, "gemini": False, "replicate": False,
    }  # fmt: skip
    missing = {each["name"]: each["missing_settings"] for each in found["providers"]}
    assert missing["replicate"] == ["REPLICATE_API_TOKEN"]
    assert missing["gemini"] == ["GEMINI_API_KEY", "MV_GOOGLE_CLOUD_PROJECT"]
    assert found["roles"]["clip.default"] == ["sample-clip-1"]


def test_a_key_makes_its_models_the_choice_and_is_never_shown(api: APIClient, settings: Settings) -> None:
    settings.REPLICATE_API_TOKEN = SECRET
    assert provider(api, "replicate")["missing_settings"] == []
    assert listed(api)["roles"]["clip.default"] == [VEO, "google/veo-3.1-fast"]
    assert model(api, VEO)["configured"]
    assert model(api, OMNI)["missing_settings"] == ["GEMINI_API_KEY"]


def test_a_model_tells_what_it_takes_and_costs(api: APIClient, settings: Settings) -> None:
    found = model(api, VEO)
    facts = registry.model_facts(VEO)
    assert (found["features"], found["limits"], found["bends"]) == (facts["features"], facts["limits"], facts["bends"])
    assert found["price"] == {
        "unit": "second", "usd": "0.40", "cases": [{"generate_audio": False, "usd": "0.20"}], "dated": "2026-10-06",
        "later": [],
    }  # fmt: skip
    assert (found["roles"], found["typical_seconds"], found["retires"]) == (["clip.default"], 210, None)


def test_a_model_tells_what_it_costs_today_and_what_is_announced(
    api: APIClient, prices_on: Callable[[date], None]
) -> None:
    announced = {"from": "2027-01-01", "usd": "0.063", "cases": []}
    price = model(api, WRITER)["price"]
    assert (price["usd"], price["later"]) == ("0.0315", [announced])
    prices_on(date(2027, 1, 1))
    price = model(api, WRITER)["price"]
    assert (price["usd"], price["later"], price["dated"]) == ("0.063", [], "2026-10-07")


def test_a_model_tells_when_it_ends_and_what_follows(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = model(api, "gemini-2.5-pro")
    assert (found["retires"], found["successor"]) == ("2026-12-01", WRITER)
    monkeypatch.setitem(registry.model_facts("gemini-2.5-pro"), "retires", date(2020, 1, 1))
    assert model(api, "gemini-2.5-pro")["retired"]


def test_waiting_times_are_measured_here(api: APIClient, owner: User) -> None:
    assert (model(api, VEO)["measured_seconds"], model(api, VEO)["measured_calls"]) == (None, 0)
    for seconds in (100, 140, 400):
        call(owner, VEO, seconds=seconds, ago=900)
    call(owner, VEO, seconds=9000, ago=9900, error_code="provider:call:failed")
    call(owner, OMNI, seconds=30, ago=60)
    assert model(api, VEO)["measured_seconds"] is None  # looked up anew after a minute only
    cache.clear()
    assert (model(api, VEO)["measured_seconds"], model(api, VEO)["measured_calls"]) == (140.0, 3)
    assert model(api, OMNI)["measured_seconds"] == 30.0


@pytest.mark.parametrize(
    ("faults", "health"),
    [
        ([], "ok"),
        ([("provider:call:busy", 20)], "ok"),
        ([("provider:call:busy", 20), ("provider:call:failed", 100)], "struggling"),
        ([("provider:call:failed", ago) for ago in (5, 10, 20, 30, 40)], "down"),
        ([("provider:call:failed", ago) for ago in (5, 10, 20, 30, 90)], "struggling"),
        ([("provider:call:failed", ago) for ago in (70, 75, 80, 85, 90)], "struggling"),
        ([("", 2), *(("provider:call:failed", ago) for ago in (5, 10, 20, 30, 40))], "struggling"),
        ([("provider:call:credit", 20)], "down"),
        ([("provider:call:credit", 70)], "ok"),
        ([("", 5), ("provider:call:auth", 20)], "ok"),
        ([("provider:call:refused", ago) for ago in (5, 10, 20, 30, 40)], "ok"),
        ([("provider:call:invalid", ago) for ago in (5, 10, 20, 30, 40)], "ok"),
        ([("provider:call:gone", ago) for ago in (5, 10, 20, 30, 40)], "ok"),
        ([("provider:call:failed", ago) for ago in (400, 410, 420, 430, 440)], "ok"),
    ],
)
def test_health_follows_the_ledger(
    api: APIClient, owner: User, settings: Settings, faults: list[tuple[str, float]], health: str
) -> None:
    settings.REPLICATE_API_TOKEN = settings.GEMINI_API_KEY = SECRET
    for code, ago in faults:
        call(owner, "google/veo-3.1-fast", code=code, ago=ago)
    assert (provider(api, "replicate")["health"], model(api, VEO)["health"]) == (health, health)
    assert provider(api, "gemini")["health"] == "ok"


def test_orders_without_an_answer_count_as_faults(api: APIClient, owner: User, settings: Settings) -> None:
    settings.REPLICATE_API_TOKEN = SECRET
    for ago in (5, 10, 20, 30, 40):
        call(owner, VEO, ago=ago, outcome=CallOutcome.ABANDONED, code="provider:call:failed")
    assert provider(api, "replicate")["health"] == "down"


def test_two_accounts_at_one_provider_are_told_apart(api: APIClient, owner: User, settings: Settings) -> None:
    settings.GEMINI_API_KEY = settings.MV_GOOGLE_CLOUD_PROJECT = SECRET
    call(owner, "veo-3.1-generate-001", code="provider:call:auth", ago=3)
    assert (model(api, "veo-3.1-generate-001")["health"], model(api, OMNI)["health"]) == ("down", "ok")
    assert provider(api, "gemini")["health"] == "down"
