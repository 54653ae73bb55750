"""People with accounts, and the browsers and programs they come with."""

import uuid
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.test import Client
from rest_framework.test import APIClient

from mvsite.accounts.models import User
from mvsite.accounts.tokens import token_create

PASSWORD = "a-long-sentence-about-tea"
HOST = "studio.example"


def accounts(settings: Any) -> None:
    """Let the studio of this test ask for accounts."""
    settings.MV_AUTH = "required"
    settings.ALLOWED_HOSTS = [HOST]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often


def person(name: str = "", **words: Any) -> User:
    """Make somebody who can sign in with PASSWORD."""
    return User.objects.create_user(name or f"person-{uuid.uuid4().hex[:8]}", password=PASSWORD, **words)


def staff(name: str = "", *rights: str) -> User:
    """Make somebody of the staff with these rights, as `add_user`, beside that of looking at everything."""
    someone = person(name, is_staff=True)
    named = Q(codename__startswith="view_") | Q(codename__in=rights)
    someone.user_permissions.set(Permission.objects.filter(named))
    return someone


def browser(user: User | None = None, *, checks: bool = False) -> Client:
    """Return a browser, signed in when it is somebody's; with `checks` it is asked for its CSRF token."""
    client = Client(HTTP_HOST=HOST, enforce_csrf_checks=checks, raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def sign_in(client: Client, name: str, password: str = PASSWORD, **words: Any) -> Any:
    """Send the form of the sign-in page."""
    return client.post("/sign-in/", {"username": name, "password": password, **words})


def session(user: User | None = None) -> APIClient:
    """Return a client of the API with a browser's session, or of nobody."""
    client = APIClient(HTTP_HOST=HOST, raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def program(user: User, *scopes: str) -> APIClient:
    """Return a client of the API with a token of these scopes."""
    _, key = token_create(owner=user, name="test", scopes=scopes or ("read", "generate"))
    return APIClient(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Bearer {key}", raise_request_exception=False)
