"""Files become rows once, whatever crashes in between, and hostile files become nothing."""

import shutil
import struct
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from assets import storage
from assets.keys import audio_key, character_key, clip_key
from assets.models import Audio, AudioSource, CharacterReference, CharacterSource, Video, VideoKind
from assets.services.audio import audio_create_from_file, audio_trim, audio_upload
from assets.services.characters import character_create_from_file, character_upload
from assets.services.library import asset_restore, asset_trash, asset_update
from assets.services.videos import video_create_from_file, video_upload
from mvsite.accounts.models import User
from mvsite.common.errors import AppError, MediaError
from tests.support.clips import marker_clip, tone


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip with sound, one without, a song and a portrait."""
    folder = tmp_path_factory.mktemp("files")
    song = tone(folder / "song.wav", seconds=3)
    marker_clip(folder / "clip.mp4", seconds=2, audio=song)
    marker_clip(folder / "mute.mp4", seconds=1)
    tone(folder / "song.mp3", seconds=3)
    Image.new("RGB", (90, 160), "teal").save(folder / "face.png")
    return folder


def stored_files(vault: Path) -> list[str]:
    return sorted(str(path.relative_to(vault)) for path in vault.rglob("*") if path.is_file())


def test_video_from_a_file_has_facts_poster_and_the_given_key(owner: User, files: Path, vault: Path) -> None:
    row_id, job_id = uuid4(), uuid4()
    video = video_create_from_file(
        id=row_id,
        owner=owner,
        kind=VideoKind.CLIP,
        path=files / "clip.mp4",
        key=clip_key(job_id),
        title="Scene 1",
        metadata={"prompt": "rain"},
    )
    video.refresh_from_db()
    assert (video.pk, video.key, video.mime, video.kind) == (row_id, clip_key(job_id), "video/mp4", "clip")
    assert (video.width, video.height, video.fps, video.frames, video.duration_ms) == (320, 180, 24.0, 48, 2000)
    assert (video.has_audio, video.codec, video.is_mock, video.title) == (True, "h264", False, "Scene 1")
    assert video.metadata["prompt"] == "rain"
    assert video.metadata["video_duration_seconds"] == 2.0
    assert storage.describe(video.key) == storage.Stored(video.key, video.size_bytes, video.sha256)
    with storage.local_path(video.poster_key) as still, Image.open(still) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 180))
    assert stored_files(vault) == [f"mv/jobs/{job_id}/poster.jpg", f"mv/jobs/{job_id}/video.mp4"]


def test_video_from_a_file_again_returns_the_row_that_is_there(owner: User, files: Path) -> None:
    facts: dict[str, Any] = {"id": uuid4(), "owner": owner, "kind": VideoKind.CLIP}
    first = video_create_from_file(**facts, path=files / "clip.mp4")
    again = video_create_from_file(**facts, path=files / "mute.mp4")
    assert again == first
    assert again.sha256 == first.sha256


def test_video_uses_the_file_a_crash_left_behind(owner: User, files: Path) -> None:
    row_id = uuid4()
    left = storage.store(key=clip_key(row_id), source=files / "mute.mp4")
    video = video_create_from_file(id=row_id, owner=owner, kind=VideoKind.CLIP, path=files / "clip.mp4")
    assert (video.sha256, video.has_audio, video.frames) == (left.sha256, False, 24)


def test_song_and_portrait_use_the_file_a_crash_left_behind(owner: User, files: Path, tmp_path: Path) -> None:
    row_id = uuid4()
    left = storage.store(key=audio_key(row_id, "wav"), source=files / "song.wav")
    other = tone(tmp_path / "other.wav", seconds=1)
    song = audio_create_from_file(id=row_id, owner=owner, path=other, source=AudioSource.SYNTH)
    assert (song.sha256, song.duration_ms) == (left.sha256, 3000)
    left = storage.store(key=character_key(row_id, "png"), source=files / "face.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "other.png")
    face = character_create_from_file(id=row_id, owner=owner, path=tmp_path / "other.png")
    assert (face.sha256, face.width) == (left.sha256, 90)


def test_song_upload_takes_its_title_from_the_name(owner: User, files: Path) -> None:
    song = audio_upload(owner=owner, path=files / "song.mp3", name="C:\\Music\\..\\My  Song\u202e.v2.mp3")
    assert (song.title, song.key, song.mime) == ("My Song.v2", f"audio/{song.pk}.mp3", "audio/mpeg")
    assert (song.sample_rate, song.channels, song.source) == (48_000, 2, "upload")
    assert abs(song.duration_ms - 3000) < 60
    assert storage.exists(song.key)


def test_song_in_an_mp4_is_kept_as_m4a(owner: User, tmp_path: Path) -> None:
    song = tone(tmp_path / "song.mp4", seconds=1)
    assert audio_upload(owner=owner, path=song).key.endswith(".m4a")


def test_cut_of_a_cut_adds_up_and_names_the_whole_song(owner: User, files: Path) -> None:
    song = audio_upload(owner=owner, path=files / "song.wav", title="Song")
    cut = audio_trim(id=uuid4(), source=song, start_ms=500)
    assert (cut.start_ms, cut.end_ms, cut.duration_ms, cut.original, cut.source) == (500, 3000, 2500, song, "trim")
    inner = audio_trim(id=uuid4(), source=cut, start_ms=1000, end_ms=99_000)
    assert (inner.start_ms, inner.end_ms, inner.duration_ms, inner.original) == (1500, 3000, 1500, song)
    assert inner.metadata["start_at"] == 1.5
    assert audio_trim(id=inner.pk, source=cut, start_ms=0) == inner
    song.refresh_from_db()
    assert (song.original, song.title, inner.title) == (None, "Song", "Song")


def test_cut_past_the_end_is_refused(owner: User, files: Path, vault: Path) -> None:
    song = audio_upload(owner=owner, path=files / "song.wav")
    before = stored_files(vault)
    with pytest.raises(MediaError, match="media:audio:silent_window"):
        audio_trim(id=uuid4(), source=song, start_ms=3000)
    assert stored_files(vault) == before
    assert Audio.objects.count() == 1


def test_portrait_from_a_provider_keeps_its_bytes(owner: User, files: Path) -> None:
    face = character_create_from_file(id=uuid4(), owner=owner, path=files / "face.png", description="A singer", seed=7)
    assert storage.open_file(face.key).read() == (files / "face.png").read_bytes()
    assert (face.width, face.height, face.description, face.seed) == (90, 160, "A singer", 7)
    assert (face.source, face.title, face.mime) == ("generated", "A singer", "image/png")


def test_uploaded_portrait_is_upright_and_loses_what_the_camera_wrote(owner: User, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of Ann"
    Image.new("RGB", (40, 20), "red").save(tmp_path / "p.jpg", exif=exif, comment=b"at home")
    face = character_upload(owner=owner, path=tmp_path / "p.jpg", name="p.jpg", source=CharacterSource.PRODUCT)
    with storage.local_path(face.key) as path, Image.open(path) as picture:
        assert (picture.size, dict(picture.getexif())) == ((20, 40), {})
        assert b"Ann" not in path.read_bytes()
        assert b"at home" not in path.read_bytes()
    assert (face.source, face.key) == ("product", f"mv/characters/{face.pk}.jpg")


def bomb(path: Path) -> Path:
    """A PNG of a few KB that unpacks to 507 MB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 13_000, 13_000, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(13_000 * 3 + 1) * 100, 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    return path


def test_hostile_and_broken_files_leave_nothing(owner: User, files: Path, tmp_path: Path, vault: Path) -> None:
    text = tmp_path / "song.mp3"
    text.write_text("la la la\n" * 50)
    playlist = tmp_path / "list.mp3"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    svg = tmp_path / "face.png"
    svg.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    short = tmp_path / "short.mp4"
    short.write_bytes((files / "clip.mp4").read_bytes()[:-4000])
    torn = tmp_path / "torn.png"
    torn.write_bytes((files / "face.png").read_bytes()[:-30])
    cases: list[tuple[Any, Path, str]] = [
        (audio_upload, text, "media:file:type"),
        (audio_upload, playlist, "media:file:type"),
        (audio_upload, empty, "media:file:empty"),
        (audio_upload, files / "face.png", "media:file:type"),
        (audio_upload, files / "clip.mp4", "media:file:type"),
        (video_upload, empty, "media:file:empty"),
        (video_upload, short, "media:file:unreadable"),
        (video_upload, files / "song.mp3", "media:file:type"),
        (video_upload, text, "media:file:type"),
        (character_upload, svg, "media:file:type"),
        (character_upload, torn, "media:file:unreadable"),
        (character_upload, bomb(tmp_path / "bomb.png"), "media:file:too_large"),
        (character_upload, files / "clip.mp4", "media:file:type"),
    ]
    for upload, path, code in cases:
        with pytest.raises(MediaError) as caught:
            upload(owner=owner, path=path, name=path.name)
        assert (path.name, caught.value.code) == (path.name, code)
    assert stored_files(vault) == []
    assert [model.objects.count() for model in (Audio, Video, CharacterReference)] == [0, 0, 0]


def test_song_of_too_many_minutes_is_refused(owner: User, files: Path, settings: Any) -> None:
    settings.MV_MAX_AUDIO_MINUTES = 0
    with pytest.raises(MediaError, match="media:file:too_long"):
        audio_upload(owner=owner, path=files / "song.wav")


def test_uploads_are_refused_when_the_disk_is_nearly_full(owner: User, files: Path, settings: Any) -> None:
    settings.MV_MIN_FREE_MB = 10**12
    with pytest.raises(AppError, match="app:storage:full"):
        audio_upload(owner=owner, path=files / "song.wav")


def test_uploaded_film_may_be_mov_or_webm(owner: User, files: Path, tmp_path: Path) -> None:
    mov = tmp_path / "film.mov"
    shutil.copy(files / "clip.mp4", mov)
    data = mov.read_bytes()
    mov.write_bytes(data[:8] + b"qt  " + data[12:])
    video = video_upload(owner=owner, path=mov, name="My film.mov", title="A\nB")
    assert (video.kind, video.mime, video.title) == ("upload", "video/quicktime", "A B")
    assert video.key == f"mv/jobs/{video.pk}/video.mov"


def test_library_marks_trashes_and_restores(owner: User, files: Path) -> None:
    song = audio_upload(owner=owner, path=files / "song.wav")
    asset_update(asset=song, title=" New \x00title ", favourite=True, tags=["live", " live ", "", "loud"])
    song.refresh_from_db()
    assert (song.title, song.favourite, song.tags) == ("New title", True, ["live", "loud"])
    asset_trash(asset=song)
    moment = song.trashed_at
    assert list(Audio.objects.trashed()) == [song]
    assert asset_trash(asset=song).trashed_at == moment
    assert storage.exists(song.key)
    asset_restore(asset=song)
    assert list(Audio.objects.kept()) == [song]
