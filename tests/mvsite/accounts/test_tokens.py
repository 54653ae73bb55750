"""Programs come in with tokens: what each may do, until when, and that only its hash is kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.serializers import serialize
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.models import Project
from mvsite.accounts.models import ApiToken, AuditEntry, OneTimeLink, User
from mvsite.accounts.tokens import token_create
from tests.support.people import HOST, accounts, browser, person, program, session, staff

pytestmark = pytest.mark.django_db
TOKENS = "/api/account/tokens/"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


@pytest.fixture
def ada() -> User:
    return person("ada")


def asked(key: str, path: str = "/api/account/", **headers: Any) -> Any:
    client = APIClient(HTTP_HOST=HOST)
    return client.get(path, headers={"Authorization": key, **headers})


def test_a_token_is_made_shown_once_used_and_revoked(ada: User) -> None:
    client = session(ada)
    made = client.post(TOKENS, {"name": "edit suite", "scopes": ["read", "generate"]}, format="json")
    assert made.status_code == 201
    key, row = made.json()["key"], ApiToken.objects.get()
    assert made.json()["prefix"] == row.prefix == key.removeprefix("mvk_")[:8]
    assert asked(f"Bearer {key}").json()["username"] == "ada"
    listed = client.get(TOKENS).json()
    assert [(each["id"], "key" in each) for each in listed] == [(str(row.pk), False)]
    assert listed[0]["last_used_at"] is not None
    assert client.delete(f"{TOKENS}{row.pk}/").status_code == 204
    assert asked(f"Bearer {key}").status_code == 401


def test_the_key_is_kept_nowhere(ada: User) -> None:
    answer = session(ada).post(TOKENS, {"name": "x", "scopes": ["read"]}, format="json", HTTP_IDEMPOTENCY_KEY="once")
    key = answer.json()["key"]
    kept = serialize("json", [*ApiToken.objects.all(), *AuditEntry.objects.all()])
    assert key not in kept
    assert len(json.loads(kept)[0]["fields"]["digest"]) == 64
    again = session(ada).post(TOKENS, {"name": "x", "scopes": ["read"]}, format="json", HTTP_IDEMPOTENCY_KEY="once")
    assert again.json()["key"] != key


@pytest.mark.parametrize(
    "key",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer mvk_" + "A" * 43,
        "bearer \udce4".encode("utf-8", "surrogateescape").decode("latin-1"),
    ],
)
def test_a_wrong_token_is_401_even_beside_a_good_session(ada: User, key: str) -> None:
    client = session(ada)
    answer = client.get("/api/mv/projects/", HTTP_AUTHORIZATION=key)
    assert (answer.status_code, answer.json()["code"]) == (401, "user:auth:required")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_nobody_is_401_and_told_how(ada: User) -> None:
    answer = session().get("/api/mv/projects/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_tokens_end_by_time_and_with_their_owner(ada: User) -> None:
    token, key = token_create(owner=ada, name="x", scopes=["read"], expires_at=timezone.now() + timedelta(hours=1))
    assert asked(f"Bearer {key}").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert asked(f"Bearer {key}").status_code == 401
    ApiToken.objects.filter(pk=token.pk).update(expires_at=None)
    assert asked(f"Bearer {key}").status_code == 200
    User.objects.update(is_active=False)
    assert asked(f"Bearer {key}").status_code == 401


def test_scopes_bound_what_a_token_may_do(ada: User) -> None:
    looks, makes, rules = program(ada, "read"), program(ada, "generate"), program(ada, "admin")
    body = {"title": "Storm"}
    assert looks.get("/api/mv/projects/").status_code == 200
    refused = looks.post("/api/mv/projects/", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "user:auth:forbidden")
    assert Project.objects.count() == 0
    assert makes.post("/api/mv/projects/", body, format="json").status_code == 201
    assert makes.get("/api/mv/projects/").status_code == 403
    assert rules.get("/api/mv/projects/").status_code == 403
    assert rules.get(TOKENS).status_code == 200


def test_a_token_cannot_make_itself_a_stronger_one(ada: User) -> None:
    for scopes in (("read",), ("generate",), ("read", "generate")):
        answer = program(ada, *scopes).post(TOKENS, {"name": "x", "scopes": ["admin"]}, format="json")
        assert answer.status_code == 403
    assert not any("admin" in row.scopes for row in ApiToken.objects.all())


def test_an_admin_token_of_no_staff_invites_nobody(ada: User) -> None:
    for path, body in (("/api/account/invitations/", {}), ("/api/account/password_links/", {"username": "ada"})):
        assert program(ada, "admin").post(path, body, format="json").status_code == 403
        assert session(ada).post(path, body, format="json").status_code == 403
    assert OneTimeLink.objects.count() == 0


def test_staff_with_the_rights_invite_and_reset_over_the_api(ada: User) -> None:
    helper, other = staff("helper", "add_user", "change_user"), staff("other")
    boss = person("boss", is_staff=True, is_superuser=True)
    client = program(helper, "admin")
    invited = client.post("/api/account/invitations/", {}, format="json")
    assert invited.status_code == 201
    assert invited.json()["url"].startswith(f"http://{HOST}/join/")
    made = client.post("/api/account/password_links/", {"username": "ada"}, format="json")
    assert made.json()["url"].startswith(f"http://{HOST}/password/new/")
    for name in (boss.username, other.username, helper.username, "nobody"):
        assert client.post("/api/account/password_links/", {"username": name}, format="json").status_code == 404
    ruler = program(boss, "admin")
    assert ruler.post("/api/account/password_links/", {"username": "other"}, format="json").status_code == 201


def test_staff_who_may_only_look_take_over_no_account(ada: User) -> None:
    client = program(staff("looker"), "admin")
    for path, body in (("/api/account/invitations/", {}), ("/api/account/password_links/", {"username": "ada"})):
        assert client.post(path, body, format="json").status_code == 403
    assert OneTimeLink.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "", "scopes": ["read"]},
        {"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_odd_tokens_are_refused(ada: User, body: dict[str, Any]) -> None:
    assert session(ada).post(TOKENS, body, format="json").status_code == 400
    assert ApiToken.objects.count() == 0


def test_tokens_of_others_are_unknown(ada: User) -> None:
    theirs, _ = token_create(owner=person(), name="x", scopes=["read"])
    assert session(ada).get(TOKENS).json() == []
    assert session(ada).delete(f"{TOKENS}{theirs.pk}/").status_code == 404
    assert browser(ada).post(f"/account/tokens/{theirs.pk}/revoke/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_a_browser_needs_the_csrf_token_and_a_program_none(ada: User) -> None:
    client = APIClient(HTTP_HOST=HOST, enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post("/api/mv/projects/", {"title": "x"}, format="json").status_code == 403
    page = browser(ada, checks=True)
    page.get("/create/")
    token = page.cookies["csrftoken"].value
    answer = page.post("/api/mv/projects/", {"title": "x"}, content_type="application/json", HTTP_X_CSRFTOKEN=token)
    assert answer.status_code == 201
    assert program(ada).post("/api/mv/projects/", {"title": "x"}, format="json").status_code == 201


def test_the_account_page_makes_and_revokes_tokens(ada: User) -> None:
    client = browser(ada)
    page = client.post("/account/tokens/", {"name": "cutter", "scopes": ["read"], "days": "3"}).content.decode()
    row = ApiToken.objects.get()
    assert "mvk_" in page
    assert row.expires_at
    assert timedelta(days=2.9) < row.expires_at - timezone.now() <= timedelta(days=3)
    assert "mvk_" not in client.get("/account/").content.decode()
    assert row.prefix in client.get("/account/").content.decode()
    client.post(f"/account/tokens/{row.pk}/revoke/")
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert client.post("/account/tokens/", {"name": "", "scopes": ["read"]}).status_code == 400


def test_a_local_studio_reads_no_tokens(settings: Settings, owner: User) -> None:
    settings.MV_AUTH, settings.ALLOWED_HOSTS = "local", ["127.0.0.1"]
    client = APIClient(HTTP_HOST="127.0.0.1", HTTP_AUTHORIZATION="Bearer nonsense")
    assert client.get("/api/account/").json()["username"] == owner.username
