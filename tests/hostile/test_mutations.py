"""Files and bodies that were hurt at random: no 5xx, nothing written outside, nobody inside reached."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from mvsite.accounts.models import User
from tests.support.doors import WATCH
from tests.support.hostile_server import PUBLIC, HostileServer, hostile_server
from tests.support.mutations import hurt_body, hurt_file, samples
from tests.support.rows import a_portrait, a_project, a_song, a_video
from tests.support.storm import KEYS

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
UPLOADS = ("/api/audio/upload", "/api/mv/videos/upload", "/api/mv/characters/upload")
NAMES = ("a.mp3", "../../a.mp4", "a\x00b.png", "C:\\x\\a.png", "\u202egnp.mp4", "x" * 300, "a\r\nX-A: b.png", ".")
SEED = 20_261_127


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileServer]:
    """Stand in for the network; `inside.example` leads to a private address, as a rebinding name would."""

    def answer(request: bytes, connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    with hostile_server(answer) as server:
        server.names["inside.example"] = ["10.0.0.7"]
        monkeypatch.setattr("mvsite.common.fetch.client.Net", lambda: server.net)
        yield server


def bodies(owner: User) -> dict[str, dict[str, Any]]:
    """Give a right body for every call that takes one, with rows that exist."""
    project = a_project(owner, scenes=2)
    song, clip, face = (str(make(owner).pk) for make in (a_song, a_video, a_portrait))
    return {
        "/api/mv/create_scenes": {"idea": "x", "character_description": "y", "number_of_scenes": 3, "audio_id": song},
        "/api/mv/generate_character_reference": {"character_description": "y", "num_images": 2, "seed": 5},
        "/api/mv/generate_video": {
            "prompt": "x",
            "duration": 8,
            "character_reference_id": face,
            "reference_image_url": "http://example.com/a.png",
            "reference_image_base64": "AAAA",
            "seed": 1,
        },
        "/api/mv/lipsync": {"video_url": "http://example.com/a.mp4", "audio_url": "http://example.com/a.mp3"},
        "/api/mv/lipsync/": {"video_id": clip, "audio_id": song, "start_time": 1.5, "end_time": 4},
        "/api/mv/stitch-videos": {"video_ids": [clip], "audio_overlay_id": song, "transition_seconds": 0.5},
        "/api/audio/trim": {"audio_id": song, "start_at": 2, "end_ms": 9000},
        "/api/audio/download": {"url": "https://www.youtube.com/watch?v=aaaaaaaaaaa"},
        "/api/mv/estimate": {"calls": [{"call": "generate_video", "body": {"prompt": "x"}}]},
        "/api/mv/projects/": {"title": "x", "idea": "y", "tags": ["a"], "audio_id": song, "number_of_scenes": 4},
        "/api/mv/scenes/": {"project_id": str(project.pk), "index": 1},
        f"/api/mv/projects/{project.pk}/run": {"confirm_cost_usd": "1"},
    }


def raw_form(name: str, title: str, content: bytes) -> bytes:
    """Write a form by hand: a client library would tidy the names up."""
    parts = [
        ('name="title"', title.encode()),
        (f'name="file"; filename="{name}"', content),
    ]
    lines = [f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body for head, body in parts]
    return b"\r\n".join([*lines, b"--edge--\r\n"])


def hurt(api: APIClient, owner: User, files: dict[str, bytes], count: int) -> tuple[Counter[int], dict[str, str]]:
    """Send `count` hurt files and bodies in turn; give how often each status came, and each 5xx with what caused it."""
    chance = random.Random(SEED)
    right = bodies(owner)
    statuses: Counter[int] = Counter()
    broken = {}
    for number in range(count):
        keyed = chance.random() < 0.05
        headers = {"Idempotency-Key": chance.choice((*KEYS, f"key-of-{number}"))} if keyed else {}
        if number % 2:
            address = chance.choice(sorted(right))
            body = hurt_body(chance, right[address])
            answer = api.post(address, body, content_type="application/json", headers=headers)
            cause = repr(body[:500])
        else:
            kind, content = hurt_file(chance, files)
            address = chance.choice(UPLOADS)
            form = raw_form(chance.choice(NAMES), chance.choice(NAMES), content)
            answer = api.post(address, form, content_type="multipart/form-data; boundary=edge", headers=headers)
            cause = f"{kind} {content[:200]!r}"
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            broken[f"{number} {address}"] = f"{answer.status_code} {cause}"
    return statuses, broken


def hold(
    *, api: APIClient, owner: User, files: dict[str, bytes], inside: HostileServer, root: Path, count: int
) -> None:
    with WATCH.over(root) as outside:
        statuses, broken = hurt(api, owner, files, count)
    print(  # noqa: T201  the figures are the point
        f"{count} mutations: {dict(sorted(statuses.items()))}, dialled {len(inside.dialled)}, broken {len(broken)}"
    )
    assert broken == {}
    assert outside == []
    assert set(inside.dialled) <= {PUBLIC}
    body = {"prompt": "x", "reference_image_url": "http://example.com/a.png"}
    assert api.post("/api/mv/generate_video", body, format="json").status_code == 400
    assert inside.dialled[-1:] == [PUBLIC], "what is let through is seen here"
    assert {path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file()} <= {"media"}
    assert len({status // 100 for status in statuses}) > 1, "nothing was taken: the injuries are too deep to find much"


def test_some_mutations_break_nothing(
    api: APIClient, owner: User, files: dict[str, bytes], inside: HostileServer, data_dir: Path
) -> None:
    hold(api=api, owner=owner, files=files, inside=inside, root=data_dir, count=300)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_mutations_break_nothing(
    api: APIClient, owner: User, files: dict[str, bytes], inside: HostileServer, data_dir: Path
) -> None:
    hold(api=api, owner=owner, files=files, inside=inside, root=data_dir, count=10_000)
