"""What is set up for each connection to PostgreSQL."""

import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from tests.support import needs

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh() -> DatabaseWrapper:
    """A connection of Django's own to the real server, not opened yet."""
    told = psycopg.conninfo.conninfo_to_dict(needs.postgresql())
    named = {"NAME": told["dbname"], "USER": told["user"], "HOST": told["host"], "PORT": told["port"]}
    return DatabaseWrapper({**connections["default"].settings_dict, "ENGINE": "x", "OPTIONS": {}, **named}, "fresh")


def test_a_new_connection_compiles_no_plans(fresh: DatabaseWrapper) -> None:
    try:
        with fresh.cursor() as cursor:
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)
    finally:
        fresh.close()
