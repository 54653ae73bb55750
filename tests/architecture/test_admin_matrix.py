"""Every address of the admin, for everybody who is no staff and for staff without rights; an undeclared one fails."""

import pytest
from pytest_django.fixtures import Settings

from tests.support.people import accounts, person, program, session
from tests.support.routes import Route, admin_routes

pytestmark = pytest.mark.django_db
MODELS = (
    *("accounts/apitoken", "accounts/auditentry", "accounts/onetimelink", "accounts/user", "auth/group"),
    *("assets/audio", "assets/characterreference", "assets/video", "flavors/configflavor", "flavors/flavorrevision"),
    *("generation/budget", "generation/job", "generation/project", "generation/providercall"),
)
LISTS = {f"admin/{model}/" for model in MODELS}
ROW = "<path:object_id>/"
OF_MODELS = {
    f"{each}{page}"
    for each in LISTS
    for page in ("add/", ROW, *(f"{ROW}{do}/" for do in ("change", "delete", "history")))
}
# Pages that are not Django's own for a model: whoever adds one says so here.
PAGES = {
    *("admin/generation/job/stuck/", "admin/generation/providercall/costs/", "admin/generation/project/sent/"),
    *("admin/accounts/user/<id>/password/", f"admin/flavors/flavorrevision/{ROW}take-back/"),
}
FINDERS = {"admin/autocomplete/", "admin/r/<path:content_type_id>/<path:object_id>/", r"admin/(?P<url>.*)$"}
APP = r"admin/(?P<app_label>auth|accounts|flavors|assets|generation)/$"
FOR_ALL_STAFF = {"admin/", "admin/jsi18n/", "admin/password_change/", "admin/password_change/done/"}
DOORS = {"admin/login/", "admin/logout/"}  # they let nobody in: the first leads to /sign-in/, the second away
ROUTES = {route.pattern: route for route in admin_routes()}


def path(route: Route) -> str:
    """Fill an address."""
    return f"{route.filled('generation' if route.pattern == APP else '')}/".replace("//", "/")


def test_every_address_is_declared_and_every_declaration_exists() -> None:
    assert set(ROUTES) == LISTS | OF_MODELS | PAGES | FINDERS | FOR_ALL_STAFF | DOORS | {APP}


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_no_staff_is_sent_away_everywhere(settings: Settings, method: str) -> None:
    accounts(settings)
    ada = person("ada")
    everybody = {"anonymous": session(), "session": session(ada), "token": program(ada, "read", "generate", "admin")}
    boss = program(person("boss", is_staff=True, is_superuser=True), "read", "generate", "admin")  # no key to the admin
    for who, client in {**everybody, "token of staff": boss}.items():
        for pattern, route in ROUTES.items():
            answer = getattr(client, method)(path(route))
            leads = answer.headers.get("Location", "")
            allowed = ("/admin/", "/sign-in/") if pattern in DOORS else ("/admin/login/",)
            assert (answer.status_code, leads.startswith(allowed)) == (302, True), (who, pattern, answer.status_code)


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_rights_see_no_row_and_no_page(settings: Settings, method: str) -> None:
    accounts(settings)
    client = session(person("looker", is_staff=True))
    for pattern, route in ROUTES.items():
        if pattern not in FOR_ALL_STAFF | DOORS:
            answer = getattr(client, method)(path(route))
            assert answer.status_code in {302, 403, 404, 405}, (pattern, answer.status_code)
            assert pattern not in LISTS | PAGES or answer.status_code == 403, (pattern, answer.status_code)


def test_superusers_see_every_list(settings: Settings) -> None:
    accounts(settings)
    client = session(person("boss", is_staff=True, is_superuser=True))
    for pattern in sorted(LISTS | FOR_ALL_STAFF):
        assert client.get(f"/{pattern}").status_code == 200, pattern
