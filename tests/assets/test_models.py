"""The database itself refuses rows that cannot be, and the conditions find what they say."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from assets.models import AudioSource, Video
from mvsite.accounts.models import User
from tests.support.assets import make_audio, make_video

pytestmark = pytest.mark.django_db


def test_rows_take_an_id_that_was_reserved_before(owner: User) -> None:
    reserved = uuid4()
    assert make_audio(owner, id=reserved).pk == reserved


@pytest.mark.parametrize(
    "changes",
    [
        {"size_bytes": 0},
        {"duration_ms": 0},
        {"channels": 0},
        {"sample_rate": 0},
        {"key": ""},
        {"mime": ""},
        {"source": "stolen"},
        {"start_ms": 500, "end_ms": 500},
        {"start_ms": 500, "end_ms": 400},
        {"start_ms": 500, "end_ms": None},
        {"source": AudioSource.TRIM},
    ],
)
def test_audio_refuses_facts_that_cannot_be(owner: User, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_audio(owner, **changes)


@pytest.mark.parametrize(
    "changes", [{"width": 0}, {"height": 0}, {"duration_ms": 0}, {"fps": 0.0}, {"kind": "hologram"}, {"size_bytes": 0}]
)
def test_video_refuses_facts_that_cannot_be(owner: User, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_video(owner, **changes)


def test_a_key_belongs_to_one_row(owner: User) -> None:
    key = make_audio(owner).key
    with pytest.raises(IntegrityError), transaction.atomic():
        make_audio(owner, key=key)


def test_conditions_find_what_they_say(owner: User) -> None:
    mine = make_video(owner)
    binned = make_video(owner, trashed_at=timezone.now())
    make_video(User.objects.create(username="bob"))
    assert set(Video.objects.for_user(owner)) == {mine, binned}
    assert list(Video.objects.for_user(owner).kept()) == [mine]
    assert list(Video.objects.for_user(owner).trashed()) == [binned]
    assert list(Video.objects.for_user(AnonymousUser())) == []


def test_a_cut_outlives_its_original(owner: User) -> None:
    song = make_audio(owner)
    cut = make_audio(owner, source=AudioSource.TRIM, original=song, start_ms=0, end_ms=900)
    song.delete()
    cut.refresh_from_db()
    assert cut.original is None
