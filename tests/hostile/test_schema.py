"""Whatever is sent to the API, the answer is one that the OpenAPI document promises, and never a 5xx."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import settings as studio
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import Audio, CharacterReference, Video
from generation.models import SceneGeneration
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from mvsite.accounts.tokens import token_create
from tests.support.assets import make_audio, make_character, make_video
from tests.support.clips import marker_clip, tone
from tests.support.hostile_server import hostile_server
from tests.support.people import HOST, accounts, person
from tests.support.rows import a_job, a_project, stranger
from tests.support.storm import LOCAL, Storm, storm

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
CANARY = "canary-of-a-stranger"


@pytest.fixture(autouse=True)
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Stand in for the whole network; what is dialled there was let through by the fetcher."""
    with hostile_server(lambda request, connection: None) as server:
        monkeypatch.setattr("mvsite.common.fetch.client.Net", lambda: server.net)
        yield server.dialled


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give a short song, clip and picture by the ending of their keys."""
    folder = tmp_path_factory.mktemp("media")
    tone(folder / "a.mp3", seconds=1)
    marker_clip(folder / "a.mp4", seconds=1)
    Image.new("RGB", (64, 64), "teal").save(folder / "a.png")
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


def belongings(owner: User, words: str, media: dict[str, bytes]) -> list[str]:
    """Make one row of every kind, with its file; return their ids."""
    project = a_project(owner, scenes=2, title=words, idea=words)
    writing = SceneGeneration.objects.create(
        owner=owner,
        idea=words,
        character_description=words,
        config_flavor="default",
        json_key=f"mv/scenes/{owner.pk}/scenes.json",
        markdown_key=f"mv/scenes/{owner.pk}/scenes.md",
    )
    files: list[Audio | CharacterReference | Video] = [
        make_audio(owner, title=words),
        make_character(owner, title=words),
        make_video(owner, title=words),
    ]
    for key in [*(row.key for row in files), writing.json_key, writing.markdown_key]:
        path = Path(studio.MEDIA_ROOT) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(media.get(path.suffix, b"{}"))
    rows = [
        project,
        scenes_of(project)[0],
        a_job(owner, project=project),
        writing,
        *files,
    ]
    return [str(row.pk) for row in rows]


def hold(owner: User, media: dict[str, bytes], *, count: int, headers: Mapping[str, str] = LOCAL) -> Storm:
    foreign = stranger()
    ids = [*belongings(owner, "mine", media), *belongings(foreign, CANARY, media)]
    told: list[bytes] = []

    def seen(body: bytes) -> None:
        if CANARY.encode() in body:
            told.append(body)

    found = storm(count=count, ids=ids, headers=headers, seen=seen)
    print(found)  # noqa: T201  the figures are the point
    assert found.broken == {}
    assert found.sent == count
    assert told == []
    return found


def member(settings: Settings) -> tuple[User, dict[str, str]]:
    """Let the studio ask for accounts; return somebody and what their program sends with each request."""
    accounts(settings)
    someone = person("ada")
    _, key = token_create(owner=someone, name="storm", scopes=("read", "generate"))
    return someone, {"Host": HOST, "Authorization": f"Bearer {key}"}


def test_two_requests_to_every_operation_are_answered_as_promised(
    api: APIClient, owner: User, media: dict[str, bytes]
) -> None:
    hold(owner, media, count=160)


def test_a_members_requests_are_answered_as_promised(settings: Settings, media: dict[str, bytes]) -> None:
    someone, headers = member(settings)
    found = hold(someone, media, count=160, headers=headers)
    assert found.statuses[401] == 0


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_requests_are_answered_as_promised(api: APIClient, owner: User, media: dict[str, bytes]) -> None:
    hold(owner, media, count=10_000)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_three_thousand_requests_of_a_member_are_answered_as_promised(
    settings: Settings, media: dict[str, bytes]
) -> None:
    someone, headers = member(settings)
    hold(someone, media, count=3_000, headers=headers)
