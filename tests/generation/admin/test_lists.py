"""Lists of the admin ask the database no more than they show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mvsite.accounts.models import User
from tests.support.admin import VIDEOS
from tests.support.rows import a_video

pytestmark = pytest.mark.django_db


def test_words_nobody_said_are_looked_up_once(staff: Client, owner: User) -> None:
    a_video(owner, title="Storm")
    with CaptureQueriesContext(connection) as asked:
        page = staff.get(f"{VIDEOS}?q=lighthouse")
    assert b"Storm" not in page.content
    lookups = [each["sql"] for each in asked if "lighthouse" in each["sql"] and "SELECT" in each["sql"][:6]]
    # PostgreSQL has an index, and its page does not wait for the count.
    assert len(lookups) == (2 if connection.vendor == "postgresql" else 1)
