"""What a song says about itself through the API: curve, analysis, a person's own tempo."""

import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from assets.models import Audio
from assets.services import derived
from assets.services.audio import audio_upload
from mvsite.accounts.models import User
from tests.support.assets import make_audio
from tests.support.clips import tone
from tests.support.songs import beat_song


@pytest.fixture
def song(owner: User, tmp_path: Path) -> Audio:
    beat_song(tmp_path / "song.wav", bpm=97.3, seconds=20)
    return audio_upload(owner=owner, path=tmp_path / "song.wav")


def patient(ask: Any) -> Any:
    """Ask again while the answer says that the song is still being listened to."""
    until = time.monotonic() + 60
    while (answer := ask()).status_code == 409 and time.monotonic() < until:
        time.sleep(0.2)
    return answer


def test_waveform_has_as_many_values_as_asked_and_can_be_kept(api: APIClient, song: Audio) -> None:
    answer = patient(lambda: api.get(f"/api/audio/{song.pk}/waveform"))
    assert (answer.status_code, answer.data["audio_id"], answer.data["duration"]) == (200, str(song.pk), 20.0)
    assert len(answer.data["peaks"]) == 1_200
    assert max(answer.data["peaks"]) == pytest.approx(0.8, abs=0.01)
    assert api.get(f"/api/audio/{song.pk}/waveform", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    short = api.get(f"/api/audio/{song.pk}/waveform/?buckets=7", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (short.status_code, len(short.data["peaks"])) == (200, 7)
    for wrong in ("0", "-1", "8193", "x", "1e3", ""):
        assert api.get(f"/api/audio/{song.pk}/waveform?buckets={wrong}").status_code == 400


def test_analysis_is_heard_once_and_can_be_kept(api: APIClient, song: Audio, data_dir: Path) -> None:
    answer = patient(lambda: api.get(f"/api/audio/{song.pk}/analysis"))
    assert answer.status_code == 200, answer.data
    assert answer.data["bpm"] == answer.data["measured_bpm"] == pytest.approx(97.3, rel=0.001)
    assert answer.data["manual"] is None
    (data_dir / "media" / song.key).unlink()  # what was heard is kept
    again = api.get(f"/api/audio/{song.pk}/analysis", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304
    assert api.get(f"/api/audio/{song.pk}/analysis").content == answer.content


def test_own_tempo_by_value_and_by_taps_and_back(api: APIClient, song: Audio) -> None:
    address = f"/api/audio/{song.pk}/analysis"
    before = patient(lambda: api.get(address))
    told = api.patch(address, {"bpm": 194.6, "offset": 0.1}, format="json")
    assert told.status_code == 200, told.data
    assert (told.data["bpm"], told.data["manual"]) == (194.6, {"bpm": 194.6, "offset": 0.1})
    assert told.data["measured_bpm"] == before.data["bpm"]
    assert told.data["beats"][0] == 0.1
    assert told["ETag"] != before["ETag"]
    assert api.get(address).data == told.data
    only = api.patch(address, {"offset": None}, format="json")
    assert only.data["manual"] == {"bpm": 194.6}
    tapped = api.patch(address, {"taps": [1.0, 1.5, 2.0, 2.5, 3.0]}, format="json")
    bar = round(before.data["downbeats"][0] / 0.5) * 0.5  # the tapped beat that is nearest to where a bar was heard
    assert tapped.data["manual"] == {"bpm": 120.0, "offset": bar}
    back = api.patch(address, {"taps": []}, format="json")
    assert back.data == before.data
    for wrong in ({"bpm": 5}, {"bpm": "nan"}, {"taps": [1, 2]}, {"tempo": 100}, {"beats_per_bar": 1}, {"offset": -1}):
        refused = api.patch(address, wrong, format="json")
        assert refused.status_code == 400, wrong
        assert refused.data["errors"]


@pytest.mark.django_db(transaction=True)
def test_who_makes_a_file_leaves_no_connection_open(song: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []

    def make(_: Path, target: Path) -> None:
        connection.ensure_connection()  # as looking for a source in a bucket does
        left.append(connections["default"])
        target.write_bytes(b"x")

    derived.derived(key="audio/derived/x.json", source=song.key, make=make, patient=True)
    assert [each.connection for each in left] == [None]


def test_a_song_that_takes_long_is_asked_for_again(
    api: APIClient, song: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "WEB_WAITS", 0.0)
    first = api.get(f"/api/audio/{song.pk}/analysis")
    assert (first.status_code, first.data["code"]) == (409, "user:media:not_ready")
    assert int(first["Retry-After"]) >= 1
    assert patient(lambda: api.get(f"/api/audio/{song.pk}/analysis")).status_code == 200


def test_what_cannot_be_heard_says_why(api: APIClient, owner: User, tmp_path: Path, data_dir: Path) -> None:
    row = audio_upload(owner=owner, path=tone(tmp_path / "tone.mp3", seconds=2))
    (data_dir / "media" / row.key).write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    for what in ("waveform", "analysis"):
        broken = api.get(f"/api/audio/{row.pk}/{what}")
        assert (broken.status_code, broken.data["code"]) == (422, "media:file:unreadable")
        assert api.get(f"/api/audio/{uuid.uuid4()}/{what}").status_code == 404
        assert api.get(f"/api/audio/nonsense/{what}").status_code == 400
        assert api.get(f"/api/audio/{make_audio(User.objects.create(username=what)).pk}/{what}").status_code == 404
