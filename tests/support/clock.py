"""The clock of a test."""

import pytest
from django.utils import timezone


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of this day in UTC when the test begins, so that no midnight passes while it runs."""
    now = timezone.now
    ahead = now().replace(hour=12, minute=0, second=0, microsecond=0) - now()
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)
