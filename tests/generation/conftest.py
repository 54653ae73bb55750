"""What the studio's tests share."""

import pytest

from generation.jobs import heartbeat
from tests.support.engine import picture_jobs
from tests.support.quick_clips import quick_clips

__all__ = ["picture_jobs", "quick_clips"]


@pytest.fixture(autouse=True)
def calm_heartbeats(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let heartbeats come late in tests that hold a transaction, which their own connection cannot see into."""
    mark = request.node.get_closest_marker("django_db")
    if mark is None or not mark.kwargs.get("transaction"):
        monkeypatch.setattr(heartbeat, "LONGEST_PAUSE", 3600.0)
