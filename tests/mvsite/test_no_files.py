"""Only the addresses for uploads take files, and none of them from strangers."""

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.people import HOST, accounts, browser, person, session

pytestmark = pytest.mark.django_db
UPLOADS = ("/api/audio/upload", "/api/mv/characters/upload", "/api/mv/videos/upload")
KIND = "multipart/form-data; boundary=x"
CSRF = "a" * 32


class Counted(io.BytesIO):
    """A body that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read and count."""
        part = super().read(size)
        self.taken += len(part)
        return part


@pytest.fixture(autouse=True)
def temp(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    accounts(settings)
    folder = tmp_path / "system-temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    made = tempfile.NamedTemporaryFile

    def noted(*args: Any, **words: Any) -> Any:
        (folder / "somebody-made-a-file").touch()
        return made(*args, **words)

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", noted)
    return folder


def form(size: int) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: text/plain\r\n\r\n'
    return head + b"a" * size + b"\r\n--x--\r\n"


def sent(client: Client, path: str, size: int) -> tuple[int, int]:
    """Send a form with a file of this size; return the status and how many bytes were read."""
    body = Counted(form(size))
    length = len(body.getvalue())
    client.cookies["csrftoken"] = CSRF
    words: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": length, "CONTENT_TYPE": KIND}
    answer = client.generic("POST", path, b"", **words)
    return answer.status_code, body.taken


@pytest.mark.parametrize("path", ["/sign-in/", "/password/forgot", "/share/x/", "/admin/login/"])
def test_a_stranger_fills_no_disk_with_a_form(temp: Path, path: str) -> None:
    stranger = browser(checks=True)
    assert sent(stranger, path, 20_000_000) == (413, 0)
    status, taken = sent(stranger, path, 200_000)
    assert (status, taken < 300_000) == (413, True)
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize("path", ["/account/tokens", "/api/mv/projects/", "/api/mv/generate_video", "/admin/"])
def test_neither_does_somebody_with_an_account(temp: Path, path: str) -> None:
    for client in (browser(person(is_staff=True, is_superuser=True), checks=True), session(person())):
        assert 300 <= sent(client, path, 20_000_000)[0] < 500
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize("path", UPLOADS)
def test_strangers_are_refused_at_uploads_before_a_byte_is_read(temp: Path, path: str) -> None:
    for client in (browser(checks=True), session()):
        assert sent(client, path, 20_000_000) == (401, 0)
    bad = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION="Bearer mvk_no", raise_request_exception=False)
    assert sent(bad, path, 20_000_000) == (401, 0)
    assert list(temp.iterdir()) == []


def test_a_form_without_files_is_read_as_ever() -> None:
    person("ada")
    words = {"username": "ada", "password": "wrong"}
    assert browser().post("/sign-in/", words).status_code in {200, 401, 403}  # Django's test client sends multipart
