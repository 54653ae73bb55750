"""A database that is away or locked for a moment: calls are answered 503, keep nothing and may be repeated."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.models import Project
from mvsite.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)
TABLE, ELSEWHERE = "generation_project", "generation_project_elsewhere"


@contextmanager
def away() -> Iterator[None]:
    """Take the database away: SQLite's file is held by another connection, PostgreSQL's server ends ours."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with held():
            connection.connection.execute("PRAGMA busy_timeout = 50")
            yield
        return
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    other.close()
    yield
    connection.close()  # as after each request of a server


@contextmanager
def held() -> Iterator[None]:
    """Write in another thread, and not end that transaction."""
    writes, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            User.objects.update(first_name="x")
            writes.set()
            done.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert writes.wait(10)
        yield
    finally:
        done.set()
        other.join()


@pytest.mark.parametrize("signs_in", [False, True], ids=["by itself", "by a session"])
def test_a_database_that_is_away_for_a_moment_is_busy(
    api: APIClient, owner: User, settings: Settings, *, signs_in: bool
) -> None:
    if signs_in:  # then it is the session that is looked for first, before the API itself is reached
        settings.MV_AUTH, settings.ALLOWED_HOSTS = "required", ["127.0.0.1"]
        api.force_login(owner)
        api.raise_request_exception = False
    with away():
        answer = api.post("/api/mv/projects/", {"title": "Storm"}, format="json")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "app:server:busy", "2")
    assert not Project.objects.exists()
    assert api.post("/api/mv/projects/", {"title": "Storm"}, format="json").status_code == 201


@pytest.mark.usefixtures("owner")
def test_a_database_that_is_broken_is_our_failure(api: APIClient) -> None:
    def rename(before: str, after: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")

    rename(TABLE, ELSEWHERE)
    try:
        answer = api.get("/api/mv/projects/")
    finally:
        rename(ELSEWHERE, TABLE)
    assert (answer.status_code, answer.json()["code"]) == (500, "app:server:error")


@pytest.mark.parametrize(
    ("state", "status"),
    [("40P01", 503), ("57P01", 503), ("53300", 503), (None, 503), ("53100", 500), ("28P01", 500), ("58030", 500)],
)
def test_what_does_not_pass_by_itself_is_our_failure(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, state: str | None, status: int
) -> None:
    def fail(*_: object) -> None:
        why = Exception()
        vars(why).update(sqlstate=state)
        raise OperationalError from why

    monkeypatch.setattr("generation.api.projects.project_data", fail)
    assert api.post("/api/mv/projects/", {}, format="json").status_code == status
