"""Twenty requests at the same moment where seven still fit: exactly seven are taken."""

import http.client
import io
import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as usual
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.crypto import get_random_string
from PIL import Image
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from assets.models import CharacterReference
from generation import jobs
from generation.choices import JobKind
from generation.models import Job
from mvsite.accounts import quotas
from mvsite.accounts.models import RoomHold, User
from mvsite.common.errors import UserError
from tests.support.assets import make_character
from tests.support.people import HOST, accounts, browser, person, session
from tests.support.pictures import picture
from tests.support.processes import wait_for
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
ASK, FIT = 20, 7
MB = 1024 * 1024
LINE = "a-line-that-no-picture-has-in-it"  # between the form's parts; a short one is found in noise now and then
FORM = f"multipart/form-data; boundary={LINE}"


def form_of(sent: bytes) -> bytes:
    """Return a form with this file."""
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return head.encode() + sent + f"\r\n--{LINE}--\r\n".encode()


@pytest.fixture
def ada(db: None, settings: Settings) -> User:
    accounts(settings)
    return person("ada")


def door(live_server: LiveServer, user: User) -> tuple[int, dict[str, str]]:
    """Return the port, and the headers of this person's browser.

    Not of a program: that leaves a line in the audit log, which no flush of a test's database may delete.
    """
    signed_in = browser(user).cookies[usual.SESSION_COOKIE_NAME].value
    seal = get_random_string(32)
    cookies = f"{usual.SESSION_COOKIE_NAME}={signed_in}; {usual.CSRF_COOKIE_NAME}={seal}"
    return int(live_server.url.rpartition(":")[2]), {"Host": HOST, "Cookie": cookies, "X-CSRFToken": seal}


def sender(
    live_server: LiveServer, user: User, path: str, body: bytes, kind: str
) -> Callable[[], tuple[int, Any, Any]]:
    """Return what sends one request as this person's browser: status, Retry-After and body come back."""
    port, headers = door(live_server, user)
    headers |= {"Content-Type": kind}

    def send() -> tuple[int, Any, Any]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
        return answer.status, answer.headers.get("Retry-After"), told

    return send


def met_count(name: str) -> Callable[[UUID], int]:
    """Return the count of a quota after which one more than fit meet, before anybody writes.

    Behind a lock the first one meets nobody: it waits in vain for a moment, and then nobody waits any more.
    """
    count = quotas._COUNTS[name]
    gate = threading.Barrier(FIT + 1)  # so many at once are one too many

    def counted(owner_id: UUID) -> int:
        found = count(owner_id)
        with suppress(threading.BrokenBarrierError):
            gate.wait(1)
        return found

    return counted


def test_jobs_are_counted_behind_a_lock(settings: Settings, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(quotas._COUNTS, quotas.JOBS, met_count(quotas.JOBS))
    settings.MV_QUOTA_JOBS = FIT

    def started() -> str:
        try:
            return jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={}).state
        except UserError as error:
            return error.code

    assert sorted(at_once(*[started] * ASK)) == ["queued"] * FIT + ["user:quota:jobs"] * (ASK - FIT)
    assert Job.objects.filter(owner=ada).count() == FIT


def test_twenty_jobs_at_once_where_seven_may_run(live_server: LiveServer, settings: Settings, ada: User) -> None:
    settings.MV_QUOTA_JOBS = FIT
    send = sender(live_server, ada, "/api/mv/generate_video", b'{"prompt": "a boat"}', "application/json")
    answers = at_once(*[send] * ASK)
    assert sorted(status for status, _, _ in answers) == [202] * FIT + [429] * (ASK - FIT)
    assert Job.objects.filter(owner=ada).count() == FIT
    for status, wait, told in answers:
        if status == 429:
            assert (told["code"], wait) == ("user:quota:jobs", "15")
            assert told["quota"] == {"name": "jobs", "used": FIT, "limit": FIT, "left": 0}


def test_twenty_uploads_at_once_where_seven_fit(live_server: LiveServer, settings: Settings, ada: User) -> None:
    sent = picture((200, 30, 30))
    one = session(ada).post(
        "/api/mv/characters/upload", {"file": SimpleUploadedFile("a.png", sent)}, format="multipart"
    )
    assert one.status_code == 201
    size = CharacterReference.objects.get().size_bytes
    CharacterReference.objects.all().delete()
    used = MB - FIT * size - size // 2  # somebody else's size: so that seven and a half fit into one megabyte
    make_character(ada, size_bytes=used)
    settings.MV_QUOTA_STORAGE_MB = 1
    send = sender(live_server, ada, "/api/mv/characters/upload", form_of(sent), FORM)
    answers = at_once(*[send] * ASK)
    assert sorted(status for status, _, _ in answers) == [201] * FIT + [409] * (ASK - FIT)
    assert {told["code"] for status, _, told in answers if status == 409} == {"user:quota:storage"}
    rows = CharacterReference.objects.filter(owner=ada)
    assert rows.count() == FIT + 1
    kept = list((settings.MV_DATA_DIR / "media").rglob("*.png"))
    assert len(kept) == FIT + 1  # the first picture's file, whose row the test took away, and those that fitted


HALF = 150_000


def a_form() -> bytes:
    """Return a form with a PNG of about 300 KB."""
    noise = Image.merge("RGB", [Image.effect_noise((320, 320), 100) for _ in range(3)])
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    return form_of(buffer.getvalue())


@contextmanager
def begun(live_server: LiveServer, user: User, body: bytes) -> Iterator[socket.socket]:
    """Send the head and the first half of an upload, and stop there."""
    port, headers = door(live_server, user)
    headers |= {"Content-Type": FORM, "Content-Length": str(len(body))}
    head = "POST /api/mv/characters/upload HTTP/1.0\r\n" + "".join(f"{key}: {of}\r\n" for key, of in headers.items())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(head.encode() + b"\r\n" + body[:HALF])
        yield line


def status(line: socket.socket) -> int:
    return int(line.makefile("rb").readline().split()[1])


def test_uploads_under_way_hold_their_room_and_what_does_not_fit_beside_them_is_refused_before_it_has_come(
    live_server: LiveServer, settings: Settings, ada: User
) -> None:
    settings.MV_QUOTA_STORAGE_MB = 1
    body = a_form()
    assert 3 * len(body) < MB < 4 * (len(body) - 5_000), "three fit"
    with ExitStack() as lines:
        all_lines = [lines.enter_context(begun(live_server, ada, body)) for _ in range(8)]
        refused: set[socket.socket] = set()

        def decided() -> bool:
            refused.update(select.select([line for line in all_lines if line not in refused], [], [], 0)[0])
            return len(refused) + RoomHold.objects.count() == len(all_lines)

        wait_for(decided, seconds=30, saying="one was let in or refused")
        assert [status(line) for line in refused] == [409] * 5
        going = [line for line in all_lines if line not in refused]
        for line in going:
            line.sendall(body[HALF:])
        assert [status(line) for line in going] == [201] * 3
    wait_for(lambda: not RoomHold.objects.exists(), seconds=30, saying="no room is held")
    assert CharacterReference.objects.filter(owner=ada).count() == 3


def test_room_of_an_upload_that_breaks_off_is_free_again(
    live_server: LiveServer, settings: Settings, ada: User
) -> None:
    settings.MV_QUOTA_STORAGE_MB = 1
    body = a_form()
    with begun(live_server, ada, body):
        wait_for(RoomHold.objects.exists, seconds=30, saying="room is held")
        assert quotas.standings(ada.pk)[1].used == pytest.approx(len(body), abs=5_000)
    wait_for(lambda: not RoomHold.objects.exists(), seconds=30, saying="no room is held")


def test_room_held_by_a_process_that_died_is_free_after_an_hour(settings: Settings, ada: User) -> None:
    settings.MV_QUOTA_STORAGE_MB = 1
    hold = quotas.hold_room(ada.pk, MB)
    with pytest.raises(UserError, match="user:quota:storage"):
        quotas.hold_room(ada.pk, 1)
    assert hold is not None
    RoomHold.objects.filter(pk=hold).update(until=timezone.now())
    assert quotas.hold_room(ada.pk, MB) is not None
    assert RoomHold.objects.count() == 1


def test_a_local_studio_holds_no_room(owner: User) -> None:
    assert quotas.hold_room(owner.pk, 10 * MB) is None
