"""Prices that are announced for a day: which one counts, and what is kept of the one before."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from generation.choices import JobState
from generation.models import ProviderCall
from generation.ports import Tokens
from generation.providers import prices
from generation.providers.prices import day_of, price_of, price_of_tokens, tariff_of
from generation.providers.registry import model_facts
from generation.services.portraits import portraits_request
from generation.services.writing import scenes_offer, scenes_request
from mvsite.accounts.models import User
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.replicate import Replicate
from tests.support.engine import drive
from tests.support.money import books_agree

WRITER = "gemini-3.8-flash"
MILLIONS = Tokens(1_000_000, 2_000_000)
OLD_YEAR, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("at", "usd", "by_tokens"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "0.0315", "8.25"),
        (datetime(2027, 1, 1, tzinfo=UTC), "0.063", "16.50"),
        (datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "0.0315", "8.25"),
        (datetime(2031, 6, 1, tzinfo=UTC), "0.063", "16.50"),
    ],
)
def test_the_price_is_that_of_the_day_in_utc(
    monkeypatch: pytest.MonkeyPatch, at: datetime, usd: str, by_tokens: str
) -> None:
    monkeypatch.setattr(prices, "day_of", day_of)
    assert (price_of(WRITER, {}, at), price_of_tokens(WRITER, MILLIONS, at)) == (Decimal(usd), Decimal(by_tokens))
    monkeypatch.setattr("django.utils.timezone.now", lambda: at.astimezone(UTC))
    assert (price_of(WRITER, {}), price_of_tokens(WRITER, MILLIONS)) == (Decimal(usd), Decimal(by_tokens))


def test_what_is_announced_leaves_the_catalogue_as_it_is(prices_on: Callable[[date], None]) -> None:
    for day, count in ((OLD_YEAR, 1), (NEW_YEAR, 0), (OLD_YEAR, 1)):
        prices_on(day)
        assert len(tariff_of(WRITER)["later"]) == count
        assert "from" not in tariff_of(WRITER)


@pytest.mark.django_db
def test_a_job_keeps_the_estimate_it_was_made_with(
    owner: User, google: Google, prices_on: Callable[[date], None]
) -> None:
    """It waited over the turn of the year: its call is estimated as before, and billed by what it then costs."""
    job = scenes_request(owner=owner, idea="A boat", character_description="a woman in red", number_of_scenes=3)
    prices_on(NEW_YEAR)
    assert scenes_offer(number_of_scenes=3).usd == Decimal("0.063")
    job = drive(job)
    call = ProviderCall.objects.get(job=job)
    assert (job.estimated_cost_usd, call.estimated_cost_usd) == (Decimal("0.0315"), Decimal("0.0315"))
    assert (job.state, call.cost_usd) == (JobState.SUCCEEDED, Decimal("0.007203"))
    books_agree()


@pytest.mark.django_db
def test_a_writing_is_billed_by_the_day_it_was_sent(
    owner: User, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer comes in the new year."""
    job = scenes_request(owner=owner, idea="A boat", character_description="a woman in red", number_of_scenes=3)
    monkeypatch.setattr(prices, "day_of", lambda at: NEW_YEAR if at is None else OLD_YEAR)
    assert drive(job).cost_usd == Decimal("0.003602")


@pytest.mark.django_db
def test_a_lost_answer_of_the_new_year_is_above_what_is_sent_again(
    owner: User, google: Google, settings: Settings, prices_on: Callable[[date], None]
) -> None:
    prices_on(NEW_YEAR)
    settings.MV_RESEND_BELOW_USD = Decimal("0.05")
    google.faults["generate"].append(Answer(drop=True))
    job = drive(scenes_request(owner=owner, idea="A boat", character_description="x", number_of_scenes=3))
    assert (job.state, google.count("generate"), job.held_usd) == (JobState.NEEDS_REVIEW, 1, Decimal("0.063"))


@pytest.mark.django_db
def test_what_replicate_made_is_billed_by_the_day_it_was_ordered(
    owner: User, replicate: Replicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is seen in the new year."""
    tariff = {**model_facts("google/imagen-4")["price"], "later": [{"from": NEW_YEAR, "usd": "1"}]}
    monkeypatch.setitem(model_facts("google/imagen-4"), "price", tariff)
    parent = portraits_request(owner=owner, character_description="a woman in red", num_images=1)
    monkeypatch.setattr(prices, "day_of", lambda at: NEW_YEAR if at is None else OLD_YEAR)
    drive(parent.children.get())
    assert (price_of("google/imagen-4", {}), ProviderCall.objects.get().cost_usd) == (Decimal(1), Decimal("0.04"))
