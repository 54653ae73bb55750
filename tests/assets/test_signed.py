"""Signed addresses of ours: they read one file for a quarter of an hour, and every change ends that."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import signed
from assets.models import Audio, AudioSource
from assets.services.audio import audio_create_from_file
from assets.services.library import asset_trash
from mvsite.accounts.models import User
from tests.support.clips import tone

pytestmark = pytest.mark.django_db


@pytest.fixture
def song(owner: User, tmp_path: Path) -> Audio:
    path = tone(tmp_path / "song.mp3", seconds=1)
    return audio_create_from_file(id=uuid4(), owner=owner, path=path, source=AudioSource.UPLOAD, title="Storm")


@pytest.fixture
def url(api: APIClient, song: Audio) -> str:
    return str(api.get(f"/api/audio/get/{song.pk}/info").data["signed_url"])


@pytest.fixture(autouse=True)
def log_in_is_required(settings: Settings) -> None:
    settings.SECRET_KEY = "a-secret-of-this-test-only"


@pytest.fixture
def stranger(settings: Settings, url: str) -> APIClient:
    """Return a client without any account, on an installation that asks for one."""
    settings.MV_AUTH = "required"
    return APIClient(HTTP_HOST="127.0.0.1")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_stranger_with_the_address_gets_the_file_and_nothing_else(
    stranger: APIClient, url: str, song: Audio, tmp_path: Path
) -> None:
    content = (tmp_path / "song.mp3").read_bytes()
    answer = stranger.get(url)
    assert (answer.status_code, answer["Content-Type"], body(answer)) == (200, "audio/mpeg", content)
    part = stranger.get(url, HTTP_RANGE="bytes=10-19")
    assert (part.status_code, body(part)) == (206, content[10:20])
    assert stranger.head(url)["Content-Length"] == str(len(content))
    assert stranger.get(f"/api/audio/get/{song.pk}").status_code in {401, 403}
    assert stranger.post(url).status_code == 405
    assert stranger.delete(url).status_code == 405


def test_every_change_is_refused(stranger: APIClient, url: str, song: Audio, owner: User, tmp_path: Path) -> None:
    path = tone(tmp_path / "other.mp3", seconds=1, hertz=300)
    other = audio_create_from_file(id=uuid4(), owner=owner, path=path, source=AudioSource.UPLOAD)
    expires = url.partition("e=")[2].partition("&")[0]
    signature = url.partition("s=")[2]
    for changed in (
        url.replace(str(song.pk), str(other.pk)),
        url.replace(str(song.pk), "nothing"),
        url.replace("/audio/", "/video/"),
        url.replace("/audio/", "/film/"),
        url.replace(expires, str(int(expires) + 60)),
        url.replace(expires, "9" * 40),
        url.replace("d=0", "d=1"),
        url.replace("d=0", "d=2"),
        url.replace(signature, ("1" if signature[0] == "0" else "0") + signature[1:]),
        url.replace(signature, ""),
        url.replace(signature, "é"),
        url.partition("?")[0],
        url.partition("&s=")[0],
    ):
        assert changed != url
        answer = stranger.get(changed)
        assert (answer.status_code, answer.json()["code"]) == (403, "user:link:refused"), changed


def test_it_ends_after_its_time(stranger: APIClient, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expires = int(url.partition("e=")[2].partition("&")[0])
    assert 840 <= expires - time.time() <= 900
    monkeypatch.setattr("assets.signed.time.time", lambda: float(expires))
    assert stranger.get(url).status_code == 200
    monkeypatch.setattr("assets.signed.time.time", lambda: expires + 1.0)
    assert stranger.get(url).status_code == 403


def test_what_is_thrown_away_is_no_longer_served(stranger: APIClient, url: str, song: Audio) -> None:
    asset_trash(asset=song)
    assert stranger.get(url).status_code == 403


def test_a_link_outlives_a_new_secret_only_as_a_fallback(stranger: APIClient, url: str, settings: Settings) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-that-came-later"
    assert stranger.get(url).status_code == 403
    settings.SECRET_KEY_FALLBACKS = [old]
    assert stranger.get(url).status_code == 200


def test_the_download_link_saves_under_the_title(stranger: APIClient, song: Audio) -> None:
    answer = stranger.get(signed.signed_url(song, is_download=True))
    assert answer["Content-Disposition"] == 'attachment; filename="Storm.mp3"'
