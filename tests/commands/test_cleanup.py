"""What `cleanup` throws away, what it never touches, and that a rehearsal says what the performance does."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.keys import picture_key
from assets.models import Audio, CharacterReference, CloudCopy, Video, VideoKind
from generation.models import Job, Project, Take
from generation.services import cleaning
from generation.services.storyboard import scene_add
from generation.tasks import cleanup
from mvsite import env
from mvsite.accounts.models import User
from mvsite.settings.storage import days_by_kind
from tests.support.clock import noon
from tests.support.old_files import a_file, a_row, aged, said
from tests.support.rows import a_job, a_project
from tests.support.s3_server import s3_server

__all__ = ["noon"]


@pytest.fixture(autouse=True)
def vault(settings: Settings, data_dir: Path) -> Path:
    settings.MV_TRASH_DAYS = 30.0
    settings.MV_KEEP_DAYS = {}
    return data_dir / "media"


def files(vault: Path) -> set[str]:
    return {str(path.relative_to(vault)) for path in vault.rglob("*") if path.is_file() and ".trash" not in path.parts}


def test_a_rehearsal_says_exactly_what_is_done_then(owner: User, vault: Path, settings: Settings) -> None:
    settings.MV_KEEP_DAYS = {"clip": 5.0, "audio": 5.0, "character": 5.0, "variant": 5.0}
    everything_there_is(owner, vault, settings)
    before = files(vault)
    rehearsed = said(dry_run=True)
    assert files(vault) == before
    assert said() == rehearsed
    assert {line.partition(":")[0] for line in rehearsed[:-1]} == {
        "temporary", "emptied", "deleted", "expired clip", "expired audio", "expired character", "missing", "unknown",
        "missing but used, left alone", "expired variant",
    }  # fmt: skip
    again = said()
    assert [line for line in again if not line.startswith("missing but used")] == [
        "1 missing but used, left alone; 0.0 MB"
    ]


def everything_there_is(owner: User, vault: Path, settings: Settings) -> None:
    for kind in ("video", "audio", "character"):
        a_row(kind, owner)
        a_row(kind, owner, days=6)
        a_row(kind, owner, days=6, favourite=True)
        a_row(kind, owner, days=40, trashed_days=31)
        a_row(kind, owner, days=40, trashed_days=29)
    lost = a_row("video", owner)
    (vault / lost.key).unlink()
    used = a_row("audio", owner)
    a_project(owner, audio=used)
    (vault / used.key).unlink()
    a_file(f"mv/jobs/{uuid.uuid4()}/video.mp4", days=2)
    a_file(f"mv/jobs/{uuid.uuid4()}/video.mp4", days=0.5)
    a_file(picture_key(f"mv/characters/{uuid.uuid4()}.png", size="thumb", ext="webp"), days=6)
    aged_file(vault / f"mv/jobs/.tmp-{uuid.uuid4().hex}", days=2)
    aged_file(vault / ".trash/2026-01-01/audio/x.mp3", days=2)
    aged_file(settings.MV_TEMP_DIR / "upload-abc", days=2)
    aged_file(settings.MV_TEMP_DIR / "upload-new", days=0)


def aged_file(path: Path, *, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left over")
    return aged(path, days=days)


def test_what_is_expired_and_missing_is_said_once(owner: User, vault: Path, settings: Settings) -> None:
    settings.MV_KEEP_DAYS = {"clip": 5.0}
    gone = a_row("video", owner, days=6)
    a_row("video", owner)
    (vault / gone.key).unlink()
    rehearsed = said(dry_run=True)
    assert rehearsed[0] == f"expired clip: {gone.key}"
    assert said() == rehearsed == [rehearsed[0], "1 expired clip; 0.0 MB"]


def test_what_a_deletion_frees_waits_for_the_next_run(owner: User, vault: Path) -> None:
    old: dict[str, Any] = {"days": 40, "trashed_days": 31}
    ids = sorted(uuid.uuid4() for _ in range(201))
    original = a_row("audio", owner, id=ids[-1], **old)  # of the second page of 200
    words = {"original": original, "start_ms": 0, "end_ms": 500, "source": "trim"}
    a_row("audio", owner, id=ids[0], **words, **old)
    for row_id in ids[1:-1]:
        a_row("audio", owner, id=row_id, **old)
    rehearsed = said(dry_run=True)
    assert said() == rehearsed
    assert list(Audio.objects.all()) == [original]
    assert said()[0] == f"deleted: {original.key}"


def test_a_favourite_stays_in_the_trash_as_well(owner: User, vault: Path) -> None:
    loved = a_row("video", owner, trashed_days=300, favourite=True)
    assert said() == ["nothing; 0.0 MB"]
    assert files(vault) == {loved.key}


def test_a_foreign_folder_in_the_trash_does_not_end_it(owner: User, vault: Path) -> None:
    foreign = aged_file(vault / ".trash/of a person/x.mp3", days=400)
    file = aged_file(vault / ".trash/2026-01-02", days=400)
    gone = aged_file(vault / ".trash/2026-01-03/x.mp3", days=400)
    assert said()[0].startswith("emptied: ")
    assert [path.exists() for path in (foreign, file, gone)] == [True, True, False]


def test_the_trash_goes_with_its_files_after_its_time(owner: User, vault: Path) -> None:
    gone = a_row("video", owner, trashed_days=31, poster_key=f"mv/jobs/{uuid.uuid4()}/poster.jpg")
    a_file(gone.poster_key)
    stays = a_row("video", owner, trashed_days=29)
    said()
    assert files(vault) == {stays.key}
    assert list(Video.objects.all()) == [stays]


def test_what_is_used_stays_even_in_the_trash(owner: User, vault: Path, settings: Settings) -> None:
    settings.MV_KEEP_DAYS = {"clip": 1.0, "stitched": 1.0, "lipsync": 1.0, "audio": 1.0, "character": 1.0}
    old: dict[str, Any] = {"days": 400, "trashed_days": 300}
    final = a_row("video", owner, kind=VideoKind.STITCHED, **old)
    song, cut_from = a_row("audio", owner, **old), a_row("audio", owner, **old)
    a_row("audio", owner, original=cut_from, start_ms=0, end_ms=500, source="trim")
    face, product = a_row("character", owner, **old), a_row("character", owner, **old)
    project = a_project(owner, audio=song, character_reference=face)
    Project.objects.filter(pk=project.pk).update(product_image=product, final_video=final, trashed_at=timezone.now())
    scene = scene_add(project=project, description="rain")
    source, picked = a_row("video", owner, **old), a_row("video", owner, **old)
    take = Take.objects.create(scene=scene, number=1, video=source)
    sung = a_row("video", owner, kind=VideoKind.LIPSYNC, days=400)
    Take.objects.create(scene=scene, number=2, video=sung, source=take)
    scene.selected = Take.objects.create(scene=scene, number=3, video=picked)
    scene.save()
    waited_for = a_row("video", owner, **old)
    a_job(owner, params={"video_ids": [str(waited_for.pk)]})
    before = files(vault)
    assert said() == ["nothing; 0.0 MB"]
    assert files(vault) == before
    assert (Video.objects.count(), Audio.objects.count(), CharacterReference.objects.count()) == (5, 3, 2)


def test_what_expires_goes_to_the_trash_first(owner: User, vault: Path, settings: Settings) -> None:
    settings.MV_KEEP_DAYS = {"upload": 7.0}
    clip, upload = a_row("video", owner, days=8), a_row("video", owner, days=8, kind=VideoKind.UPLOAD)
    said()
    assert [video.trashed_at is None for video in (Video.objects.get(pk=clip.pk), Video.objects.get(pk=upload.pk))] == [
        True,
        False,
    ]
    assert files(vault) == {clip.key, upload.key}


@pytest.mark.usefixtures("noon")
def test_an_unknown_file_is_set_aside_and_deleted_a_month_later(
    db: None, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = a_file(f"audio/{uuid.uuid4()}.mp3", days=2)
    said()
    assert files(vault) == set()
    aside = vault / ".trash" / f"{timezone.now():%Y-%m-%d}" / key
    assert aside.read_bytes() == b"bytes of a file"
    assert said() == ["nothing; 0.0 MB"]
    later = timezone.now() + timedelta(days=32)
    monkeypatch.setattr("generation.services.cleaning.timezone.now", lambda: later)
    assert said()[0].startswith("emptied: media/.trash/")
    assert not aside.exists()


def test_the_window_of_a_song_stays_while_its_job_works(owner: User, vault: Path) -> None:
    job = a_job(owner)
    needed, left_over = f"mv/jobs/{job.pk}/window.wav", f"mv/jobs/{uuid.uuid4()}/window.wav"
    for key in (needed, left_over):
        a_file(key, days=2)
    said()
    assert files(vault) == {needed}


def test_what_an_unfinished_job_has_stored_stays_until_its_row_is_there(owner: User, vault: Path) -> None:
    promised = uuid.uuid4()
    job = a_job(owner)
    Job.objects.filter(pk=job.pk).update(params={"video_id": str(promised)})
    bought = a_file(f"mv/jobs/{promised}/video.mp4", days=2)
    said()
    assert files(vault) == {bought}


def test_what_reached_a_bucket_that_is_no_longer_set_is_not_lost(owner: User, vault: Path) -> None:
    gone, there = a_row("audio", owner), a_row("audio", owner)
    facts = {"size_bytes": gone.size_bytes, "sha256": gone.sha256}
    CloudCopy.objects.create(key=gone.key, bucket="before", state="synced", **facts)
    (vault / gone.key).unlink()
    assert said() == ["nothing; 0.0 MB"]
    assert not Audio.objects.exclude(trashed_at=None).exists()
    assert files(vault) == {there.key}


def test_it_stops_when_all_files_of_a_small_library_are_missing(owner: User, vault: Path) -> None:
    for _ in range(2):
        (vault / a_row("audio", owner).key).unlink()
    with pytest.raises(CommandError, match="is the media folder the right one"):
        said()


def test_it_stops_when_most_files_are_missing(owner: User, vault: Path) -> None:
    for _ in range(22):
        (vault / a_row("audio", owner).key).unlink()
    with pytest.raises(CommandError, match="is the media folder the right one"):
        said()
    assert not Audio.objects.exclude(trashed_at=None).exists()


def test_a_file_that_is_used_again_meanwhile_stays(owner: User, vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = a_file(f"mv/jobs/{uuid.uuid4()}/video.mp4", days=2)
    row = a_row("video", owner, trashed_days=31)
    steps = list(cleaning.cleanup_plan())
    aged(vault / key, days=0)
    Video.objects.filter(pk=row.pk).update(trashed_at=None)
    assert [step.what for step in steps] == [row.key, key]
    assert [step.do() for step in steps] == [False, False]
    assert files(vault) == {key, row.key}


def test_the_task_cleans_as_the_command_does(owner: User, vault: Path) -> None:
    a_row("audio", owner, trashed_days=31)
    cleanup()
    assert files(vault) == set()


@pytest.mark.network_loopback
def test_copies_in_the_bucket_go_too(owner: User, vault: Path, settings: Settings) -> None:
    with s3_server() as server:
        server.set_on(settings, serve=True)
        trashed, kept = a_row("video", owner, trashed_days=31), a_row("video", owner)
        unknown = a_file(f"audio/{uuid.uuid4()}.mp3", days=2)
        CloudCopy.objects.filter(pk=unknown).update(updated_at=timezone.now() - timedelta(days=2))
        strangers = "mv/jobs/of-another-program.mp4"
        server.client.put_object(Bucket=server.bucket, Key=strangers, Body=b"not ours")
        rehearsed = said(dry_run=True)
        assert said() == rehearsed
        assert server.names() == {kept.key, strangers, f"trash/{unknown}"}
        assert files(vault) == {kept.key}
        assert not CloudCopy.objects.filter(pk__in=(trashed.key, unknown)).exists()
        settings.MV_TRASH_DAYS = 0.0
        assert f"emptied in the bucket: trash/{unknown}" in said()
        assert server.names() == {kept.key, strangers}


@pytest.mark.parametrize("words", ["clip", "clip:many", "film:3", "clip:0", "clip:nan"])
def test_ages_that_make_no_sense_stop_the_start(words: str) -> None:
    with pytest.raises(env.SettingError, match="MV_KEEP_DAYS"):
        days_by_kind([words])
    assert days_by_kind(["clip:30", "variant: 2.5"]) == {"clip": 30.0, "variant": 2.5}
