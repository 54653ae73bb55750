"""Uploads: what is taken, what is refused and how, and that refused files leave nothing behind."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from rest_framework.test import APIClient

from assets import storage
from assets.models import Audio, CharacterReference, Video
from tests.support.clips import marker_clip, tone

AUDIO, VIDEO, FACE = "/api/audio/upload", "/api/mv/videos/upload", "/api/mv/characters/upload"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    tone(folder / "song.mp3", seconds=1)
    marker_clip(folder / "clip.mp4", seconds=1)
    return folder


def send(api: APIClient, address: str, content: bytes, name: str = "file.bin", **more: Any) -> Any:
    headers = {key: more.pop(key) for key in list(more) if key.startswith("HTTP_")}
    return api.post(address, {"file": SimpleUploadedFile(name, content), **more}, format="multipart", **headers)


def left_behind(vault: Path) -> list[str]:
    folders = (vault, vault.parent / "tmp")
    return [str(path) for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_song_is_kept_and_told_as_the_contract_says(api: APIClient, files: Path) -> None:
    content = (files / "song.mp3").read_bytes()
    answer = send(api, AUDIO, content, "../My song.mp3")
    song = Audio.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/audio/{song.pk}")
    assert list(answer.data) == [
        "audio_id", "audio_path", "audio_url", "title", "duration", "file_size_bytes", "metadata",
    ]  # fmt: skip
    assert answer.data["audio_id"] == str(song.pk)
    assert answer.data["audio_path"] == f"audio/{song.pk}.mp3"
    assert answer.data["audio_url"] == f"/api/audio/get/{song.pk}"
    assert (answer.data["title"], answer.data["file_size_bytes"]) == ("My song", len(content))
    assert answer.data["metadata"]["cloud_url"] is None
    assert storage.open_file(song.key).read() == content


def test_video_and_portrait_are_kept_and_told_as_the_contract_says(api: APIClient, files: Path) -> None:
    answer = send(api, VIDEO + "/", (files / "clip.mp4").read_bytes(), "clip.mov", title="My clip")
    video = Video.objects.get()
    assert (answer.status_code, list(answer.data)) == (201, ["video_id", "video_path", "video_url", "metadata"])
    assert answer.data["video_path"] == f"mv/jobs/{video.pk}/video.mp4"
    assert answer.data["video_url"] == f"/api/mv/get_video/{video.pk}"
    assert (video.title, video.kind) == ("My clip", "upload")
    answer = send(api, FACE, PNG, "face.png")
    face = CharacterReference.objects.get()
    assert answer.data == {"id": str(face.pk), "path": f"mv/characters/{face.pk}.png", "cloud_url": None}


def test_files_that_cannot_be_read_are_422_and_leave_nothing(api: APIClient, files: Path, vault: Path) -> None:
    clip = (files / "clip.mp4").read_bytes()
    cases = [
        (AUDIO, b"la la la, this is a text", "media:file:type"),
        (AUDIO, b"", "media:file:empty"),
        (AUDIO, clip, "media:file:type"),
        (AUDIO, os.urandom(5000), "media:file:type"),
        (VIDEO, clip[: len(clip) // 2], "media:file:unreadable"),
        (VIDEO, b"", "media:file:empty"),
        (VIDEO, PNG, "media:file:type"),
        (VIDEO, b"#EXTM3U\nfile:///etc/passwd", "media:file:type"),
        (FACE, PNG[:-20], "media:file:unreadable"),
        (FACE, b"<svg onload='alert(1)'/>", "media:file:type"),
    ]
    for address, content, code in cases:
        answer = send(api, address, content, "song.mp3")
        assert (answer.status_code, answer.data["code"]) == (422, code), address
        assert answer["Content-Type"] == "application/problem+json"
    assert left_behind(vault) == []


def test_form_that_is_not_complete_names_the_field(api: APIClient) -> None:
    answer = api.post(AUDIO, {"title": "x"}, format="multipart")
    assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (400, "#/file")
    answer = api.post(AUDIO, {"file": "a text"}, format="multipart")
    assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (400, "#/file")
    answer = send(api, AUDIO, b"x", title="nul\x00")
    assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (400, "#/title")
    answer = send(api, AUDIO, b"x", title="x" * 121)
    assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (400, "#/title")
    assert api.post(AUDIO, {"file": "x"}, format="json").status_code == 415
    broken = api.generic("POST", AUDIO, "--nothing", content_type="multipart/form-data; boundary=other")
    assert broken.status_code == 400


def test_forms_that_are_too_large_are_413(api: APIClient, vault: Path) -> None:
    assert send(api, AUDIO, b"x", title="x" * 3_000_000).status_code == 413
    with override_settings(MV_MAX_UPLOAD_MB=1):
        announced = send(api, AUDIO, bytes(3 * 1024 * 1024))
        assert (announced.status_code, announced.data["code"]) == (413, "user:request:too_large")
        counted = send(api, AUDIO, bytes(1024 * 1024 + 1))
        assert (counted.status_code, counted.data["code"]) == (413, "user:request:too_large")
    answer = api.post(AUDIO, {f"field{n}": "x" for n in range(1100)}, format="multipart")
    assert (answer.status_code, answer.data["code"]) == (413, "user:request:too_large")
    assert left_behind(vault) == []


def test_same_key_keeps_one_file_and_repeats_the_answer(api: APIClient, files: Path, vault: Path) -> None:
    content = (files / "song.mp3").read_bytes()
    first = send(api, AUDIO, content, HTTP_IDEMPOTENCY_KEY="once")
    kept = left_behind(vault)
    again = send(api, AUDIO, content, HTTP_IDEMPOTENCY_KEY="once")
    assert (again.status_code, again["Idempotent-Replayed"], again["Location"]) == (201, "true", first["Location"])
    assert again.data == first.data
    other = send(api, AUDIO, content, title="other", HTTP_IDEMPOTENCY_KEY="once")
    assert (other.status_code, other.data["code"]) == (422, "user:idempotency:mismatch")
    assert Audio.objects.count() == 1
    assert left_behind(vault) == kept


def test_full_disk_is_507(api: APIClient, files: Path, settings: Any, vault: Path) -> None:
    settings.MV_MIN_FREE_MB = 10**12
    answer = send(api, AUDIO, (files / "song.mp3").read_bytes())
    assert (answer.status_code, answer.data["code"]) == (507, "app:storage:full")
    assert left_behind(vault) == []
