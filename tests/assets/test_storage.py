"""Storing is atomic, idempotent and never changes what is there."""

import errno
import hashlib
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from assets import storage
from assets.keys import audio_key, character_key, checked_key, clip_key, picture_key, poster_key
from mvsite.common.errors import AppError


def source(tmp_path: Path, content: bytes = b"tune") -> Path:
    path = tmp_path / f"source-{uuid4().hex}"
    path.write_bytes(content)
    return path


def test_store_keeps_the_bytes_and_measures_them(tmp_path: Path, vault: Path) -> None:
    key = audio_key(uuid4(), "mp3")
    kept = storage.store(key=key, source=source(tmp_path))
    assert kept == storage.Stored(key, 4, hashlib.sha256(b"tune").hexdigest())
    assert storage.exists(key)
    with storage.local_path(key) as path, storage.open_file(key) as file:
        assert path.read_bytes() == file.read() == b"tune"
    assert [p.name for p in (vault / "audio").iterdir()] == [key.split("/")[1]]


def test_store_again_is_fine_when_the_content_is_the_same(tmp_path: Path) -> None:
    key = clip_key(uuid4())
    first = storage.store(key=key, source=source(tmp_path))
    assert storage.store(key=key, source=source(tmp_path)) == first


def test_store_never_overwrites_other_content(tmp_path: Path) -> None:
    key = clip_key(uuid4())
    storage.store(key=key, source=source(tmp_path))
    with pytest.raises(AppError, match="app:storage:failed"):
        storage.store(key=key, source=source(tmp_path, b"other"))
    assert storage.open_file(key).read() == b"tune"


def test_store_never_overwrites_on_a_disk_without_hard_links(
    tmp_path: Path, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", no_links)
    key = clip_key(uuid4())
    storage.store(key=key, source=source(tmp_path))
    with pytest.raises(AppError, match="app:storage:failed"):
        storage.store(key=key, source=source(tmp_path, b"other"))
    assert storage.open_file(key).read() == b"tune"
    assert not list(vault.rglob(".tmp-*"))


def test_store_lets_one_of_many_writers_win(tmp_path: Path, vault: Path) -> None:
    key = clip_key(uuid4())
    won: list[bytes] = []
    start = threading.Barrier(6)

    def write(number: int) -> None:
        content = bytes([number]) * 300_000
        path = source(tmp_path, content)
        start.wait()
        try:
            storage.store(key=key, source=path)
            won.append(content)
        except AppError:
            pass

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [storage.open_file(key).read()]
    assert not list(vault.rglob(".tmp-*"))


def test_store_says_full_and_leaves_nothing_when_the_disk_is_full(
    tmp_path: Path, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    key = clip_key(uuid4())
    with pytest.raises(AppError, match="app:storage:full"):
        storage.store(key=key, source=source(tmp_path))
    assert not storage.exists(key)
    assert not [p for p in vault.rglob("*") if p.is_file()]


@pytest.mark.django_db
def test_delete_forgets_and_does_not_mind_nothing(tmp_path: Path) -> None:
    key = clip_key(uuid4())
    storage.store(key=key, source=source(tmp_path))
    storage.delete(key)
    storage.delete(key)
    assert not storage.exists(key)
    with pytest.raises(AppError, match="app:storage:failed"):
        storage.open_file(key)
    with pytest.raises(AppError, match="app:storage:failed"), storage.local_path(key):
        pytest.fail("there is nothing to read")


def test_keys_have_the_promised_shapes() -> None:
    some = uuid4()
    assert clip_key(some) == f"mv/jobs/{some}/video.mp4"
    assert poster_key(clip_key(some)) == f"mv/jobs/{some}/poster.jpg"
    assert character_key(some, "png") == f"mv/characters/{some}.png"
    assert audio_key(some, "mp3") == f"audio/{some}.mp3"
    assert picture_key(character_key(some, "png"), size="thumb", ext="webp") == (
        f"variants/mv/characters/{some}-thumb.webp"
    )


@pytest.mark.parametrize(
    "key",
    [
        "",
        "video.mp4",
        "/etc/passwd.txt",
        "../secret.txt",
        "mv/../../secret.txt",
        "mv/./a.mp4",
        "mv//a.mp4",
        "mv/a.mp4/",
        "mv\\..\\a.mp4",
        "mv/a\x00.mp4",
        "mv/a.mp4\n",
        "mv/.tmp-1.mp4",
        "mv/" + "a" * 200 + ".mp4",
    ],
)
def test_keys_that_could_leave_the_vault_are_refused(key: str) -> None:
    with pytest.raises(AppError, match="app:storage:failed"):
        checked_key(key)
    with pytest.raises(AppError, match="app:storage:failed"):
        storage.exists(key)


def test_temp_dir_is_private_and_gone_afterwards(settings: Settings) -> None:
    with storage.temp_dir() as folder:
        assert folder.parent == settings.MV_TEMP_DIR
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "work").write_bytes(b"x")
    assert not folder.exists()


def test_ensure_space_refuses_what_would_fill_the_disk() -> None:
    storage.ensure_space()
    with pytest.raises(AppError, match="app:storage:full"):
        storage.ensure_space(incoming=10**18)
