"""Who steps in when a provider cannot take an order: real SDKs against the stand-ins, through API and engine."""

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import Video
from assets.services.characters import character_create_from_file
from generation.choices import BudgetScope, JobState
from generation.models import Budget
from generation.pipelines import engine
from mvsite.accounts.models import User
from tests.providers_server.replicate import Replicate
from tests.providers_server.standin import Standin
from tests.support.engine import drive, lose_lease, make_due
from tests.support.orders import bought, clip, code, ledger, spoil, started

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback, pytest.mark.usefixtures("generous")]
OMNI, VEO, FAST = "gemini-omni-1.2-flash", "google/veo-3.1", "google/veo-3.1-fast"


@pytest.mark.parametrize(
    ("words", "attempts"),
    [
        ("create-402", ["provider:call:credit"]),
        ("create-401", ["provider:call:auth"]),
        ("create-503", ["provider:call:busy"] * 3),
        ("create-429", ["provider:call:busy"] * 3),
    ],
)
def test_another_provider_takes_over_and_says_so(
    api: APIClient, providers: Standin, words: str, attempts: list[str]
) -> None:
    spoil(providers, words)
    job = clip(api, "waves", negative_prompt="fog")
    assert job.state == JobState.SUCCEEDED, job.error
    assert (job.provider, job.model) == ("gemini", OMNI)
    assert ledger(job) == [*((VEO, "refused", why) for why in attempts), (OMNI, "accepted", "")]
    assert (job.cost_usd, job.estimated_cost_usd, job.held_usd) == (Decimal("0.56"), Decimal("0.56"), Decimal(0))
    assert bought(providers) == {"replicate": 0, "gemini": 1}
    metadata = Video.objects.get(pk=job.reserved["video_id"]).metadata
    assert (metadata["backend_used"], metadata["model_used"]) == ("gemini", OMNI)
    assert metadata["parameters_not_sent"] == ["seed"]
    told = [say for say in metadata["warnings"] if f"{VEO} (replicate) could not take the order" in say]
    assert len(told) == 1
    assert told[0].endswith(f"{OMNI} (gemini) took over.")
    shown = api.get(f"/api/mv/jobs/{job.pk}").json()
    assert (shown["provider"], shown["model"], shown["parameters_not_sent"]) == ("gemini", OMNI, ["seed"])
    assert told[0] in shown["warnings"]


def test_a_provider_that_cannot_be_reached_is_left_after_a_few_tries(
    api: APIClient, providers: Standin, settings: Settings
) -> None:
    settings.REPLICATE_BASE_URL = "http://127.0.0.1:9"
    job = clip(api, "waves")
    assert (job.state, job.model) == (JobState.SUCCEEDED, OMNI)
    assert ledger(job)[:3] == [(VEO, "refused", "provider:call:failed")] * 3


def test_a_model_that_is_gone_is_replaced_at_the_same_provider(api: APIClient, providers: Standin) -> None:
    job = clip(api, "waves", seed=5)  # Omni takes no seed
    assert job.model == VEO
    providers.faults.add("create-404", provider="replicate", times=1)
    job = clip(api, "waves", seed=5)
    assert (job.state, job.model) == (JobState.SUCCEEDED, FAST)
    assert ledger(job) == [(VEO, "refused", "provider:call:gone"), (FAST, "accepted", "")]
    assert job.cost_usd == Decimal("1.20")


def test_the_next_one_is_asked_when_the_second_cannot_either(api: APIClient, providers: Standin) -> None:
    """Both accounts are shut: nobody is left at another door, and the last reason counts."""
    spoil(providers, "create-402")
    spoil(providers, "create-400-key", "gemini")
    job = clip(api, "waves")
    assert (job.state, code(job)) == (JobState.FAILED, "provider:call:auth")
    assert [model for model, _, _ in ledger(job)] == [VEO, OMNI]
    assert job.cost_usd == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("run-nsfw", "provider:call:refused"),
        ("create-422", "provider:call:invalid"),
        ("run-fails", "provider:call:failed"),
        ("run-empty", "provider:answer:bad"),
    ],
)
def test_refusals_bad_input_and_failed_runs_never_fail_over(
    api: APIClient, providers: Standin, words: str, expected: str
) -> None:
    job = clip(api, f"waves {words}")
    assert (job.state, code(job), job.model) == (JobState.FAILED, expected, VEO)
    assert bought(providers) == {"replicate": int(words.startswith("run-")), "gemini": 0}


def test_an_order_whose_fate_is_unknown_is_never_given_to_another(api: APIClient, providers: Standin) -> None:
    providers.faults.add("list-500", provider="replicate")
    job = clip(api, "waves create-lost")
    assert (job.state, job.model) == (JobState.WAITING, VEO)
    assert bought(providers) == {"replicate": 1, "gemini": 0}


@pytest.mark.parametrize("words", [{"model": VEO}, {"backend": "replicate"}, {"fail_over": "never"}])
def test_who_was_named_is_obeyed(api: APIClient, providers: Standin, words: dict[str, Any]) -> None:
    job = clip(api, "waves create-402", **words)
    assert (job.state, code(job), bought(providers)["gemini"]) == (JobState.FAILED, "provider:call:credit", 0)


def test_who_was_named_may_be_left_when_the_call_allows_it(api: APIClient, providers: Standin) -> None:
    spoil(providers, "create-402")
    job = clip(api, "waves", model=VEO, fail_over="no_dearer")
    assert (job.state, job.model) == (JobState.SUCCEEDED, OMNI)


def test_the_built_in_provider_never_steps_in(api: APIClient, replicate: Replicate) -> None:
    job = clip(api, "waves create-402", fail_over="any_price")
    assert (job.state, code(job)) == (JobState.FAILED, "provider:call:credit")


def test_a_dearer_one_steps_in_only_when_allowed_and_is_held_in_full(
    api: APIClient, owner: User, providers: Standin
) -> None:
    Budget.objects.create(scope=BudgetScope.USER, key=f"user:{owner.pk}", owner=owner, limit_usd=5, mode="stop")
    spoil(providers, "create-429-day", "gemini")
    assert clip(api, "waves", backend="gemini").state == JobState.FAILED
    job = clip(api, "waves", backend="gemini", fail_over="any_price")
    assert (job.state, job.model) == (JobState.SUCCEEDED, VEO)
    assert (job.cost_usd, job.held_usd) == (Decimal("3.2"), Decimal(0))
    spent = Budget.objects.get(key=f"user:{owner.pk}")
    assert (spent.spent_usd, spent.reserved_usd) == (Decimal("3.2"), Decimal(0))


def test_a_dearer_one_that_the_budget_does_not_hold_is_passed_over(
    api: APIClient, owner: User, providers: Standin
) -> None:
    Budget.objects.create(scope=BudgetScope.USER, key=f"user:{owner.pk}", owner=owner, limit_usd=2, mode="stop")
    spoil(providers, "create-429-day", "gemini")
    job = clip(api, "waves", backend="gemini", fail_over="any_price")
    assert (job.state, job.model, job.cost_usd) == (JobState.SUCCEEDED, FAST, Decimal("1.20"))
    spent = Budget.objects.get(key=f"user:{owner.pk}")
    assert (spent.spent_usd, spent.reserved_usd) == (Decimal("1.2"), Decimal(0))


def test_a_dearer_one_above_a_budget_that_warns_brings_the_warning(
    api: APIClient, owner: User, providers: Standin
) -> None:
    Budget.objects.create(scope=BudgetScope.USER, key=f"user:{owner.pk}", owner=owner, limit_usd=2, mode="warn")
    spoil(providers, "create-429-day", "gemini")
    job = clip(api, "waves", backend="gemini", fail_over="any_price")
    assert (job.state, job.model) == (JobState.SUCCEEDED, VEO)
    warnings = Video.objects.get(pk=job.reserved["video_id"]).metadata["warnings"]
    assert warnings.count("Your budget of $2.00 is passed: $3.20 is spent or held.") == 1


def test_a_character_is_shown_by_who_steps_in_and_the_shape_is_its_own(
    api: APIClient, owner: User, providers: Standin, tmp_path: Path
) -> None:
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "face.png")
    singer = character_create_from_file(id=uuid.uuid4(), owner=owner, path=tmp_path / "face.png", description="x")
    spoil(providers, "create-402")
    job = clip(
        api, "waves", character_reference_id=str(singer.pk), aspect_ratio="9:16", duration=4,
        backend="replicate", fail_over="no_dearer",
    )  # fmt: skip
    assert (job.state, job.model) == (JobState.SUCCEEDED, OMNI)
    assert (job.params["duration"], job.params["aspect_ratio"]) == (4, "9:16")
    assert providers.witness.creates(provider="gemini")[0]["files"][0]["sha256"] == singer.sha256
    warnings = Video.objects.get(pk=job.reserved["video_id"]).metadata["warnings"]
    assert not [say for say in warnings if "instead of" in say]


def test_a_worker_killed_before_the_job_is_handed_on_buys_nothing_twice(
    api: APIClient, providers: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    spoil(providers, "create-402")
    job = started(api, "generate_video", prompt="waves")
    with monkeypatch.context() as patch:
        patch.setattr("generation.pipelines.purchase.step_in", die)
        make_due(job)
        with pytest.raises(Killed):
            engine.advance(job.pk)
    lose_lease(job)
    job = drive(job)
    assert (job.state, job.model) == (JobState.SUCCEEDED, OMNI)
    assert [outcome for _, outcome, _ in ledger(job)] == [
        "refused",
        "accepted",
    ]  # the account is known to be shut by then
    assert bought(providers) == {"replicate": 0, "gemini": 1}
