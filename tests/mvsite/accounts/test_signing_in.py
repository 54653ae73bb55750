"""Coming in: name and password, invitations, lost passwords, the first admin."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation.tasks import prune
from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind, OneTimeLink, User
from tests.support.people import HOST, PASSWORD, accounts, browser, person, program, sign_in, staff

pytestmark = pytest.mark.django_db
NEW = "another-sentence-about-rain"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def may_enter(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_a_stranger_is_led_to_the_door_and_on_to_where_they_wanted_to_go() -> None:
    ada, client = person("ada"), browser()
    led = client.get("/create/")
    assert (led.status_code, led["Location"]) == (302, "/sign-in/?next=/create/")
    assert "Sign in" in client.get(led["Location"]).content.decode()
    entered = sign_in(client, ada.username, next="/create/")
    assert (entered.status_code, entered["Location"]) == (302, "/create/")
    assert may_enter(client)
    client.post("/sign-out/")
    assert not may_enter(client)


def test_sessions_that_are_over_are_deleted_every_hour(settings: Settings) -> None:
    over, lasting = browser(), browser()
    for client, name in ((over, "ada"), (lasting, "ben")):
        person(name)
        sign_in(client, name)
    old, present = over.session.session_key, lasting.session.session_key
    Session.objects.filter(pk=old).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert {old, present} == set(Session.objects.values_list("pk", flat=True))
    assert [each["schedule"] for each in settings.CELERY_BEAT_SCHEDULE.values() if each["task"] == prune.name] == [3600]
    prune()
    assert [row.pk for row in Session.objects.all()] == [present]
    assert (may_enter(over), may_enter(lasting)) == (False, True)


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_nobody_is_led_to_another_site(place: str) -> None:
    person("ada")
    assert sign_in(browser(), "ada", next=place)["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(settings: Settings) -> None:
    settings.MV_RATE_LOGIN = 0
    person("ada")
    person("off", is_active=False)
    told = [sign_in(browser(), name, word) for name, word in (("ada", "x"), ("nobody", PASSWORD), ("off", PASSWORD))]
    assert {answer.status_code for answer in told} == {401}
    pages = {re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in told}
    assert len(pages) == 1


def test_a_session_gets_a_new_key_and_ends_after_two_weeks(settings: Settings) -> None:
    person("ada")
    client = browser()
    client.session["x"] = 1
    client.session.save()
    before = client.session.session_key
    answer = sign_in(client, "ada")
    assert client.session.session_key != before
    left = client.session.get_expiry_date() - timezone.now()
    assert timedelta(days=13.9) < left <= timedelta(days=14)
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_session_of_staff_that_rested_for_a_day_is_over() -> None:
    for name, is_staff in (("ada", True), ("ben", False)):
        person(name, is_staff=is_staff)
        client = browser()
        sign_in(client, name)
        assert may_enter(client)
        session = client.session
        session["seen"] = timezone.now().timestamp() - 24 * 3600 - 60
        session.save()
        assert may_enter(client) is not is_staff


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-out/", "/account/password/", "/account/tokens/", "/account/invitations/"]
)
def test_forms_need_their_token(path: str) -> None:
    ada = person("ada", is_staff=True)
    client = browser(None if path == "/sign-in/" else ada, checks=True)
    assert client.post(path, {"username": "ada", "password": PASSWORD}).status_code == 403


def test_an_invitation_makes_one_account(settings: Settings) -> None:
    admin = staff("admin", "add_user")
    page = browser(admin).post("/account/invitations/").content.decode()
    path = re.search(rf"http://{HOST}(/join/[\w-]+/)", page)
    assert path
    guest = browser()
    assert "You are invited" in guest.get(path[1]).content.decode()
    words = {"username": "cleo", "email": "cleo@example.org", "password": NEW, "again": NEW}
    assert guest.post(path[1], words)["Location"] == "/"
    assert may_enter(guest)
    made = User.objects.get(username="cleo")
    assert (made.is_staff, made.is_superuser, made.email) == (False, False, "cleo@example.org")
    assert OneTimeLink.objects.get().user == made
    late = browser()
    assert late.get(path[1]).status_code == 404
    assert late.post(path[1], {**words, "username": "dan"}).status_code == 404
    assert not User.objects.filter(username="dan").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"username": "ada"}, "already exists"),
        ({"username": "a b"}, "valid username"),
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"password": "password1234", "again": "password1234"}, "too common"),
        ({"again": "something-else-x"}, "differ"),
        ({"email": "no"}, "valid email"),
    ],
)
def test_an_invitation_is_not_used_up_by_a_mistake(words: dict[str, str], said: str) -> None:
    person("ada")
    path = link_create(kind=LinkKind.INVITATION)
    answer = browser().post(path, {"username": "cleo", "password": NEW, "again": NEW, **words})
    assert said in answer.content.decode()
    assert OneTimeLink.objects.get().used_at is None
    assert browser().get(path).status_code == 200


def test_links_that_are_old_of_another_kind_or_invented_lead_nowhere() -> None:
    ada = person("ada")
    old = link_create(kind=LinkKind.INVITATION)
    OneTimeLink.objects.update(expires_at=timezone.now())
    password = link_create(kind=LinkKind.PASSWORD, user=ada)
    for path in (old, password.replace("/password/new/", "/join/"), "/join/x/", "/password/new/x/"):
        assert browser().get(path).status_code == 404


@pytest.mark.parametrize(
    ("who", "invites", "resets"),
    [
        ("nobody", False, ""),
        ("looker", False, ""),
        ("host", True, ""),
        ("helper", False, "ada"),
        ("boss", True, "ada looker boss"),
    ],
)
def test_only_staff_with_the_right_invite_and_reset(who: str, *, invites: bool, resets: str) -> None:
    people = {
        "ada": person("ada"),
        "nobody": person("nobody"),
        "looker": staff("looker"),
        "host": staff("host", "add_user"),
        "helper": staff("helper", "change_user"),
        "boss": person("boss", is_superuser=True, is_staff=True),
    }
    client = browser(people[who])
    page = client.get("/account/").content.decode()
    assert client.post("/account/invitations/").status_code == (200 if invites else 404)
    assert ("Make an invitation" in page) == invites
    for name in ("ada", "looker", "boss"):
        path, may = f"/account/people/{people[name].pk}/password/", name in resets.split()
        assert client.post(path).status_code == (200 if may else 404)
        assert (path in page) == may
    assert OneTimeLink.objects.count() == invites + len(resets.split())


def test_whoever_may_change_people_cannot_make_themselves_more(settings: Settings) -> None:
    helper, ada = staff("helper", "change_user", "delete_user"), person("ada")
    boss = person("boss", is_superuser=True, is_staff=True)
    client = browser(helper)
    for each in (boss, helper):
        for page, words in (("change", {"username": "x"}), ("password", {}), ("delete", {"post": "yes"})):
            assert client.post(f"/admin/accounts/user/{each.pk}/{page}/", words).status_code == 403
    words = {"username": "ada2", "is_staff": "on", "is_superuser": "on", "is_active": "on"}
    words |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert client.post(f"/admin/accounts/user/{ada.pk}/change/", words).status_code == 302
    ada.refresh_from_db()
    assert (ada.username, ada.is_staff, ada.is_superuser) == ("ada2", False, False)


def test_a_new_password_ends_all_sessions_older_links_and_tokens() -> None:
    ada = person("ada")
    stolen = program(ada, "read", "generate", "admin")
    assert stolen.get("/api/account/").status_code == 200
    elsewhere = browser()
    sign_in(elsewhere, "ada")
    first, second = (link_create(kind=LinkKind.PASSWORD, user=ada) for _ in range(2))
    assert browser().get(first).status_code == 404
    client = browser()
    assert "all API tokens stop working" in client.get(second).content.decode()
    assert client.post(second, {"password": NEW, "again": NEW})["Location"] == "/"
    assert stolen.get("/api/account/").status_code == 401
    assert may_enter(client)
    assert not may_enter(elsewhere)
    assert browser().get(second).status_code == 404
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_changing_the_password_keeps_this_session_only() -> None:
    person("ada")
    here, elsewhere = browser(), browser()
    sign_in(here, "ada")
    sign_in(elsewhere, "ada")
    wrong = here.post("/account/password/", {"current": "x", "password": NEW, "again": NEW})
    assert wrong.status_code == 400
    assert "present password" in wrong.content.decode()
    assert here.post("/account/password/", {"current": PASSWORD, "password": NEW, "again": NEW}).status_code == 200
    assert may_enter(here)
    assert not may_enter(elsewhere)


def test_the_first_admin_gets_a_password_that_works_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_admin", "boss")
    password = capsys.readouterr().out.strip().rsplit(" ", 1)[1]
    client = browser()
    led = sign_in(client, "boss", password)
    assert led["Location"].startswith("/password/new/")
    assert not may_enter(client)
    client.post(led["Location"], {"password": NEW, "again": NEW})
    assert may_enter(client)
    boss = User.objects.get()
    assert (boss.is_staff, boss.is_superuser, boss.password_is_one_time) == (True, True, False)
    assert sign_in(browser(), "boss", password).status_code == 401
    with pytest.raises(CommandError):
        call_command("create_admin", "boss")
    call_command("create_admin", "boss", "--again")
    assert not may_enter(client)


def test_the_admins_own_door_leads_to_the_one_that_counts() -> None:
    person("ada")
    answer = browser().post("/admin/login/?next=/admin/flavors/", {"username": "ada", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/?next=/admin/flavors/"


def test_a_local_studio_has_no_accounts(settings: Settings, owner: User) -> None:
    settings.MV_AUTH, settings.ALLOWED_HOSTS = "local", ["127.0.0.1"]
    client = Client(HTTP_HOST="127.0.0.1")
    for path in ("/sign-in/", "/account/", "/password/forgot/", "/join/x/", "/password/new/x/"):
        assert (client.get(path).status_code, client.get(path)["Location"]) == (302, "/")
