"""Links that somebody of the staff made are theirs to answer for: they end with the right to make them."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from mvsite.accounts.links import LinkGoneError, invitation_accept, link_behind, link_create, password_set
from mvsite.accounts.models import AuditEntry, LinkKind, OneTimeLink, User
from mvsite.accounts.secrets import digest_of
from tests.support.people import PASSWORD, accounts, browser, person, staff

pytestmark = pytest.mark.django_db
RIGHTS = ("add_user", "change_user")
WORDS = {"password": "a-sentence-about-rain", "again": "a-sentence-about-rain"}
LINKS = "/admin/accounts/onetimelink/"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def shut_out(maker: User) -> None:
    User.objects.filter(pk=maker.pk).update(is_active=False)


def no_staff(maker: User) -> None:
    User.objects.filter(pk=maker.pk).update(is_staff=False)


def no_right(maker: User) -> None:
    maker.user_permissions.clear()


@pytest.mark.parametrize("kind", list(LinkKind))
@pytest.mark.parametrize("lose", [shut_out, no_staff, no_right])
def test_a_link_ends_with_what_let_its_maker_make_it(kind: LinkKind, lose: Callable[[User], None]) -> None:
    maker, ada = staff("eve", *RIGHTS), person("ada")
    path = link_create(kind=kind, user=ada if kind == LinkKind.PASSWORD else None, made_by=maker)
    assert browser().get(path).status_code == 200
    lose(maker)
    assert browser().get(path).status_code == 404
    assert browser().post(path, {"username": "mallory", **WORDS}).status_code == 404
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert not User.objects.filter(username="mallory").exists()


def test_a_maker_who_is_shut_out_while_the_link_is_used_is_too_late() -> None:
    maker, ada = staff("eve", *RIGHTS), person("ada")
    paths = [link_create(kind=LinkKind.INVITATION, made_by=maker)]
    paths.append(link_create(kind=LinkKind.PASSWORD, user=ada, made_by=maker))
    invited, renewed = (link_behind(kind, path.split("/")[-2]) for kind, path in zip(LinkKind, paths, strict=True))
    shut_out(maker)
    assert invited is not None
    assert renewed is not None
    with pytest.raises(LinkGoneError):
        invitation_accept(link=invited, username="mallory", email="", password=WORDS["password"])
    with pytest.raises(LinkGoneError):
        password_set(link=renewed, password=WORDS["password"])
    assert not User.objects.filter(username="mallory").exists()
    assert OneTimeLink.objects.filter(used_at=None).count() == 2


def test_a_link_for_somebody_who_became_staff_is_out_of_its_makers_hands() -> None:
    ada = person("ada")
    path = link_create(kind=LinkKind.PASSWORD, user=ada, made_by=staff("eve", *RIGHTS))
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    assert browser().get(path).status_code == 404


def test_superusers_see_links_without_their_secrets_and_withdraw_them() -> None:
    boss = User.objects.create_superuser("boss", password=PASSWORD)
    ada = person("ada")
    path = link_create(kind=LinkKind.PASSWORD, user=ada, made_by=boss)
    row = OneTimeLink.objects.get()
    client = browser(boss)
    for page in (LINKS, f"{LINKS}{row.pk}/change/"):
        shown = client.get(page).content.decode()
        assert "ada" in shown
        assert row.digest not in shown
        assert digest_of(path.split("/")[-2]) == row.digest
    sent = client.post(LINKS, {"action": "withdraw", "_selected_action": [str(row.pk)]})
    assert sent.status_code == 302
    assert browser().get(path).status_code == 404
    noted = AuditEntry.objects.get(action="admin.changed")
    assert (noted.by_id, noted.owner_id, noted.detail["did"]) == (boss.pk, ada.pk, "withdraw")


def test_staff_with_all_rights_to_links_see_none() -> None:
    link_create(kind=LinkKind.INVITATION)
    looker = browser(staff("eve", "change_onetimelink", "delete_onetimelink", *RIGHTS))
    assert looker.get(LINKS).status_code == 403
    row = OneTimeLink.objects.get()
    assert looker.post(LINKS, {"action": "withdraw", "_selected_action": [str(row.pk)]}).status_code == 403


def test_a_link_goes_with_a_maker_who_is_deleted() -> None:
    maker = staff("eve", *RIGHTS)
    path = link_create(kind=LinkKind.PASSWORD, user=person("ada"), made_by=maker)
    maker.delete()
    assert browser().get(path).status_code == 404
