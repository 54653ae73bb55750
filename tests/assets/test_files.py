"""Rows as files: the right bytes under the right name, smaller pictures, and facts for `/info`."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from PIL import Image
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from assets import storage
from assets.api.files import serve_audio, serve_character, serve_video
from assets.models import AudioSource, CharacterReference, Video, VideoKind
from assets.services.audio import audio_create_from_file
from assets.services.characters import character_create_from_file
from assets.services.videos import video_create_from_file
from assets.shapes import audio_info, audio_result, character_info, character_result, video_info, video_result
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from tests.support.assets import make_video
from tests.support.clips import marker_clip, tone


@pytest.fixture
def face(owner: User, tmp_path: Path) -> CharacterReference:
    Image.new("RGBA", (900, 1600), (0, 120, 120, 128)).save(tmp_path / "face.png")
    return character_create_from_file(
        id=uuid4(), owner=owner, path=tmp_path / "face.png", title="A/B", metadata={"is_mock": True}
    )


@pytest.fixture
def clip(owner: User, tmp_path: Path) -> Video:
    path = marker_clip(tmp_path / "clip.mp4", seconds=1)
    return video_create_from_file(
        id=uuid4(), owner=owner, kind=VideoKind.CLIP, path=path, title="Scene 1", metadata={"prompt": "rain"}
    )


def ask(query: str = "", **headers: str) -> Request:
    return Request(APIRequestFactory(headers=headers).get(f"/file{query}"))


def body(answer: HttpResponseBase) -> bytes:
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join(part for part in answer if isinstance(part, bytes))


def picture(answer: HttpResponseBase) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(body(answer))) as shown:
        return shown.format, shown.size


def test_portrait_is_served_as_it_is(face: CharacterReference) -> None:
    answer = serve_character(ask(), face)
    assert (answer["Content-Type"], answer["ETag"]) == ("image/png", f'"{face.sha256}"')
    assert answer["Content-Disposition"] == 'inline; filename="A - B.png"'
    assert body(answer) == storage.open_file(face.key).read()
    assert serve_character(ask("?download=1"), face)["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("query", "kind", "size"),
    [
        ("?size=thumb", "WEBP", (180, 320)),
        ("?size=medium&format=jpeg", "JPEG", (432, 768)),
        ("?format=webp", "WEBP", (900, 1600)),
        ("?size=full&format=jpeg", "JPEG", (900, 1600)),
    ],
)
def test_portrait_has_smaller_and_converted_copies(
    face: CharacterReference, query: str, kind: str, size: tuple[int, int]
) -> None:
    answer = serve_character(ask(query), face)
    assert answer["Content-Type"] == f"image/{kind.lower()}"
    assert picture(answer) == (kind, size)
    tag = answer["ETag"]
    assert tag != f'"{face.sha256}"'
    assert serve_character(ask(query, **{"If-None-Match": tag}), face).status_code == 304


def test_copies_are_made_once(face: CharacterReference, vault: Path) -> None:
    for _ in range(3):
        serve_character(ask("?size=thumb"), face).close()
    assert len(list((vault / "variants").rglob("*.webp"))) == 1


@pytest.mark.parametrize("query", ["?size=huge", "?format=gif", "?size="])
def test_unknown_sizes_and_formats_are_named(face: CharacterReference, query: str) -> None:
    with pytest.raises(UserError, match="user:request:invalid") as caught:
        serve_character(ask(query), face)
    assert caught.value.errors[0].pointer == "#/" + query[1:].split("=", maxsplit=1)[0]


def test_video_is_served_with_ranges_and_its_poster_by_size(clip: Video) -> None:
    whole = serve_video(ask(), clip)
    assert (whole["Content-Type"], whole["Content-Length"]) == ("video/mp4", str(clip.size_bytes))
    part = serve_video(ask(Range="bytes=4-7"), clip)
    assert (part.status_code, body(part)) == (206, b"ftyp")
    still = serve_video(ask("?size=thumb"), clip)
    assert (still["Content-Type"], picture(still)) == ("image/jpeg", ("JPEG", (320, 180)))
    assert picture(serve_video(ask("?size=thumb&format=webp"), clip)) == ("WEBP", (320, 180))


def test_poster_comes_in_several_sizes(owner: User, tmp_path: Path, vault: Path) -> None:
    large = marker_clip(tmp_path / "large.mp4", seconds=0.5, size=(1920, 1080))
    film = video_create_from_file(id=uuid4(), owner=owner, kind=VideoKind.CLIP, path=large)
    for size, width in (("thumb", 640), ("medium", 1280), ("full", 1920)):
        for _ in range(2):
            shown = (width, width * 9 // 16)
            assert picture(serve_video(ask(f"?size={size}"), film)) == ("JPEG", shown)
            assert picture(serve_video(ask(f"?size={size}&format=webp"), film)) == ("WEBP", shown)
    tags = {serve_video(ask(f"?size={size}"), film)["ETag"] for size in ("thumb", "medium", "full")}
    assert len(tags) == 3
    assert len(list((vault / "variants").rglob("*.*"))) == 5


def test_video_without_a_poster_has_none(owner: User) -> None:
    with pytest.raises(UserError, match="user:request:not_found"):
        serve_video(ask("?size=thumb"), make_video(owner))


def test_song_is_served(owner: User, tmp_path: Path) -> None:
    path = tone(tmp_path / "song.wav", seconds=1)
    song = audio_create_from_file(id=uuid4(), owner=owner, path=path, source=AudioSource.SYNTH, title="Song")
    answer = serve_audio(ask(), song)
    assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("audio/wav", "bytes")
    assert body(answer) == path.read_bytes()
    told = audio_info(song)
    assert (told["kind"], told["duration"], told["source"], told["is_mock"]) == ("audio", 1.0, "synth", False)
    assert audio_result(song)["audio_url"] == f"/api/audio/get/{song.pk}"


def test_info_has_what_the_contract_names(owner: User, clip: Video, face: CharacterReference) -> None:
    told: dict[str, Any] = video_info(clip)
    named = {"id", "kind", "owner", "created_at", "updated_at", "file_size_bytes", "duration", "metadata", "is_mock"}
    assert named <= told.keys()
    assert (told["id"], told["owner"], told["kind"], told["duration"]) == (str(clip.pk), str(owner.pk), "clip", 1.0)
    assert named <= character_info(face).keys()
    assert character_info(face)["is_mock"] is True
    assert character_result(face) == {"id": str(face.pk), "path": face.key, "cloud_url": None}
    told = video_result(clip)
    assert told["video_url"] == told["metadata"]["local_video_url"] == f"/api/mv/get_video/{clip.pk}"
    assert (told["metadata"]["prompt"], told["metadata"]["cloud_urls"]) == ("rain", [])
