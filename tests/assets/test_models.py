"""The database itself refuses rows that cannot be, and the conditions find what they say."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from assets.keys import audio_key, clip_key
from assets.models import Audio, AudioSource, Video, VideoKind
from mvsite.accounts.models import User

pytestmark = pytest.mark.django_db


def audio(owner: User, **changes: Any) -> Audio:
    some = uuid4()
    facts: dict[str, Any] = {
        "id": some,
        "owner": owner,
        "key": audio_key(some, "mp3"),
        "mime": "audio/mpeg",
        "size_bytes": 10,
        "sha256": "0" * 64,
        "duration_ms": 1000,
        "sample_rate": 48_000,
        "channels": 2,
        "codec": "mp3",
        "source": AudioSource.UPLOAD,
    }
    return Audio.objects.create(**{**facts, **changes})


def video(owner: User, **changes: Any) -> Video:
    some = uuid4()
    facts: dict[str, Any] = {
        "id": some,
        "owner": owner,
        "key": clip_key(some),
        "mime": "video/mp4",
        "size_bytes": 10,
        "sha256": "0" * 64,
        "kind": VideoKind.CLIP,
        "width": 1280,
        "height": 720,
        "duration_ms": 8000,
        "fps": 24.0,
        "codec": "h264",
        "has_audio": True,
    }
    return Video.objects.create(**{**facts, **changes})


def test_rows_take_an_id_that_was_reserved_before(owner: User) -> None:
    reserved = uuid4()
    assert audio(owner, id=reserved).pk == reserved


@pytest.mark.parametrize(
    "changes",
    [
        {"size_bytes": 0},
        {"duration_ms": 0},
        {"channels": 0},
        {"sample_rate": 0},
        {"key": ""},
        {"mime": ""},
        {"storage": "moon"},
        {"source": "stolen"},
        {"start_ms": 500, "end_ms": 500},
        {"start_ms": 500, "end_ms": 400},
        {"start_ms": 500, "end_ms": None},
        {"source": AudioSource.TRIM},
    ],
)
def test_audio_refuses_facts_that_cannot_be(owner: User, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        audio(owner, **changes)


@pytest.mark.parametrize(
    "changes", [{"width": 0}, {"height": 0}, {"duration_ms": 0}, {"fps": 0.0}, {"kind": "hologram"}, {"size_bytes": 0}]
)
def test_video_refuses_facts_that_cannot_be(owner: User, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        video(owner, **changes)


def test_a_key_belongs_to_one_row(owner: User) -> None:
    key = audio(owner).key
    with pytest.raises(IntegrityError), transaction.atomic():
        audio(owner, key=key)


def test_conditions_find_what_they_say(owner: User) -> None:
    mine = video(owner)
    binned = video(owner, trashed_at=timezone.now())
    video(User.objects.create(username="bob"))
    assert set(Video.objects.for_user(owner)) == {mine, binned}
    assert list(Video.objects.for_user(owner).kept()) == [mine]
    assert list(Video.objects.for_user(owner).trashed()) == [binned]
    assert list(Video.objects.for_user(AnonymousUser())) == []


def test_a_cut_outlives_its_original(owner: User) -> None:
    song = audio(owner)
    cut = audio(owner, source=AudioSource.TRIM, original=song, start_ms=0, end_ms=900)
    song.delete()
    cut.refresh_from_db()
    assert cut.original is None
