"""Money in the admin: limits can be changed, sums and the ledger only read."""

from decimal import Decimal

import pytest
from django.test import Client

from generation import jobs, money
from generation.choices import JobKind
from generation.models import Budget, ProviderCall
from mvsite.accounts.models import User


@pytest.fixture
def staff(owner: User) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(owner)
    return client


@pytest.fixture
def call(owner: User) -> ProviderCall:
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, estimated_cost_usd=Decimal(2))
    call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
    money.settle(job, call, cost=Decimal("1.5"))
    return call


def test_a_limit_and_a_mode_can_be_given_and_nothing_else(staff: Client, owner: User, call: ProviderCall) -> None:
    row = Budget.objects.get(scope="user")
    form = {"limit_usd": "3.5", "mode": "warn", "reserved_usd": "0", "spent_usd": "0", "scope": "day"}
    assert staff.post(f"/admin/generation/budget/{row.pk}/change/", form).status_code == 302
    row.refresh_from_db()
    assert (row.limit_usd, row.mode, row.scope) == (Decimal("3.5"), "warn", "user")
    assert (row.reserved_usd, row.spent_usd) == (Decimal("0.5"), Decimal("1.5"))


def test_sums_that_moved_on_while_the_page_was_open_stay(
    staff: Client, owner: User, call: ProviderCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Budget.objects.get(scope="user")
    whole = Budget.full_clean

    def slowly(self: Budget, *args: object, **words: object) -> None:
        Budget.objects.filter(pk=row.pk).update(spent_usd=9)
        whole(self)

    monkeypatch.setattr(Budget, "full_clean", slowly)
    assert staff.post(f"/admin/generation/budget/{row.pk}/change/", {"limit_usd": "4", "mode": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.limit_usd, row.spent_usd) == (Decimal(4), Decimal(9))


@pytest.mark.parametrize("name", ["budget", "providercall"])
def test_rows_are_shown_and_neither_added_nor_deleted(staff: Client, call: ProviderCall, name: str) -> None:
    row = Budget.objects.first() if name == "budget" else call
    assert row is not None
    assert staff.get(f"/admin/generation/{name}/?q=local").status_code == 200
    assert staff.get(f"/admin/generation/{name}/{row.pk}/change/").status_code == 200
    assert staff.get(f"/admin/generation/{name}/add/").status_code == 403
    assert staff.post(f"/admin/generation/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_ledger_cannot_be_changed_by_anybody(staff: Client, call: ProviderCall) -> None:
    change = staff.post(f"/admin/generation/providercall/{call.pk}/change/", {"cost_usd": "0"})
    assert change.status_code == 403
    call.refresh_from_db()
    assert call.cost_usd == Decimal("1.5")
