"""The admin shows, names, trashes and restores; it neither makes nor deletes rows."""

import pytest
from django.test import Client

from assets.models import Audio
from mvsite.accounts.models import User
from tests.support.assets import make_audio, make_character


@pytest.fixture
def staff(owner: User) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(owner)
    return client


def test_lists_and_details_open(staff: Client, owner: User) -> None:
    song, face = make_audio(owner, title="Storm"), make_character(owner, title="Keeper")
    assert b"Storm" in staff.get("/admin/assets/audio/?q=storm").content
    assert b"Keeper" in staff.get("/admin/assets/characterreference/").content
    assert staff.get(f"/admin/assets/audio/?q={song.pk}").status_code == 200
    assert staff.get(f"/admin/assets/characterreference/{face.pk}/change/").status_code == 200


def test_rows_are_neither_added_nor_deleted(staff: Client, owner: User) -> None:
    song = make_audio(owner)
    assert staff.get("/admin/assets/audio/add/").status_code == 403
    assert staff.post(f"/admin/assets/audio/{song.pk}/delete/", {"post": "yes"}).status_code == 403


def test_title_can_be_changed_and_the_key_cannot(staff: Client, owner: User) -> None:
    song = make_audio(owner)
    form = {"title": "New", "tags": "[]", "key": "audio/other.mp3", "favourite": "on"}
    assert staff.post(f"/admin/assets/audio/{song.pk}/change/", form).status_code == 302
    changed = Audio.objects.get()
    assert (changed.title, changed.favourite, changed.key) == ("New", True, song.key)


def test_trash_and_restore_are_actions(staff: Client, owner: User) -> None:
    song = make_audio(owner)
    for action, trashed in (("trash", True), ("restore", False)):
        staff.post("/admin/assets/audio/", {"action": action, "_selected_action": [str(song.pk)]})
        assert Audio.objects.trashed().exists() is trashed
