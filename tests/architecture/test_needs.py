"""Tests that need a server or a program: left out where it is absent, but never in CI."""

import pytest

from tests.support import needs


def test_what_is_found_is_given() -> None:
    assert needs._found("redis://127.0.0.1", "Redis") == "redis://127.0.0.1"


def test_what_is_absent_leaves_the_test_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(BaseException, match="needs Redis") as caught:
        needs._found(None, "Redis")
    assert type(caught.value).__name__ == "Skipped"


def test_what_is_absent_fails_the_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(BaseException, match="CI must have Redis") as caught:
        needs._found(None, "Redis")
    assert type(caught.value).__name__ == "Failed"
