"""Each operation by itself, the real SDK against the stand-in: files, look-up, limits of time, damaged keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from generation.ports import Candidates, CannotSay, LipSyncRequest, NothingThere, OutcomeUnknown, Pending, Ready
from generation.providers.replicate import client, inputs, makers
from mvsite.common.errors import ProviderError
from tests.providers_server.replicate import Replicate
from tests.support.replicate_requests import CLIP, PICTURE, wav
from tests.support.threads import running_time

pytestmark = pytest.mark.network_loopback


def still(part: float) -> None:
    """Hear progress and go on."""


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def order(folder: Path, model: str = "sync/lipsync-2", *, bytes_of_film: int = 400_000) -> LipSyncRequest:
    folder.mkdir(exist_ok=True)
    film = folder / "film.mp4"
    film.write_bytes(folder.name.encode().ljust(bytes_of_film, b"x"))
    return LipSyncRequest(film, wav(folder / "window.wav", 2), 2.0, model)


@pytest.mark.parametrize("model", inputs.LIPSYNCS)
def test_lip_syncs_go_through(replicate: Replicate, tmp_path: Path, model: str) -> None:
    maker, request = makers.lipsyncs(), order(tmp_path / "one", model)
    number = maker.submit(request, "tag")
    states = [maker.poll(number, request) for _ in range(2)]
    assert isinstance(states[0], Pending)
    assert isinstance(states[1], Ready)
    maker.fetch(number, request, tmp_path / "out.mp4", still)
    assert (tmp_path / "out.mp4").read_bytes() == replicate.result(next(iter(replicate.standin.orders)))[1]
    given = replicate.creates[0]["input"]
    assert sorted(str(value)[:5] for name, value in given.items() if name != "sync_mode") == ["data:", "http:"]


def test_a_lip_sync_is_found_again_by_its_files_and_not_by_its_twin(replicate: Replicate, tmp_path: Path) -> None:
    maker, one, other = makers.lipsyncs(), order(tmp_path / "one"), order(tmp_path / "other")
    small, tiny = order(tmp_path / "small", bytes_of_film=90), order(tmp_path / "tiny", bytes_of_film=90)
    ids = [maker.submit(each, "tag") for each in (one, small)]
    assert maker.look_up(one, "tag", long_ago()) == Candidates((ids[0],))
    assert maker.look_up(small, "tag", long_ago()) == Candidates((ids[1],))
    assert maker.look_up(other, "tag", long_ago()) == NothingThere()
    assert maker.look_up(tiny, "tag", long_ago()) == NothingThere()


def test_the_look_up_reads_every_page_and_only_what_is_new(replicate: Replicate) -> None:
    maker = makers.portraits()
    ids = [maker.submit(PICTURE, "tag") for _ in range(5)]
    replicate.page = 2
    assert maker.look_up(PICTURE, "tag", long_ago()) == Candidates(tuple(ids))
    assert maker.look_up(PICTURE, "tag", datetime.now(UTC) + timedelta(seconds=5)) == NothingThere()
    replicate.standin.faults.add("list-500")
    assert maker.look_up(PICTURE, "tag", long_ago()) == CannotSay()


def test_the_create_is_bounded_and_asks_for_an_end(replicate: Replicate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.LIMITS, "read", 0.3)
    with running_time() as seconds:
        with pytest.raises(OutcomeUnknown):
            makers.clips().submit(replace(CLIP, prompt="create-hang"), "tag")
        assert seconds() < 10
    headers = replicate.requests[-1][2]
    assert headers["Cancel-After"] == "1800s"


def test_a_wish_to_wait_is_heard_and_capped(replicate: Replicate) -> None:
    with pytest.raises(ProviderError) as caught:
        makers.clips().submit(replace(CLIP, prompt="create-429"), "tag")
    assert (caught.value.code, caught.value.transient, caught.value.retry_after) == ("provider:call:busy", True, 7)
    assert [client.wish(text) for text in ("86400", "3", "soon", None)] == [120.0, 3.0, None, None]


def test_an_unreachable_address_started_nothing(replicate: Replicate, settings: Settings) -> None:
    settings.REPLICATE_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(ProviderError) as caught:
        makers.clips().submit(CLIP, "tag")
    assert (caught.value.code, caught.value.transient) == ("provider:call:failed", True)


@pytest.mark.parametrize("token", ["", "r8_abc\ndef", "r8_“quoted”"])
def test_a_damaged_key_is_said_and_not_shown(replicate: Replicate, settings: Settings, token: str) -> None:
    settings.REPLICATE_API_TOKEN = token
    with pytest.raises(ProviderError) as caught:
        makers.clips().submit(CLIP, "tag")
    assert caught.value.code == "provider:call:auth"
    assert not token or token not in str(caught.value)
    assert replicate.requests == []


def test_a_failed_upload_buys_nothing(replicate: Replicate, tmp_path: Path) -> None:
    replicate.words = "upload-500"
    with pytest.raises(ProviderError) as caught:
        makers.lipsyncs().submit(order(tmp_path / "one"), "tag")
    assert (caught.value.code, caught.value.transient) == ("provider:call:failed", True)
    assert replicate.creates == []


def test_canceling_says_whether_anything_will_come(replicate: Replicate) -> None:
    maker = makers.clips()
    number = maker.submit(CLIP, "tag")
    assert maker.cancel(number)
    done = maker.submit(CLIP, "tag")
    maker.poll(done, CLIP)
    maker.poll(done, CLIP)
    assert not maker.cancel(done)
    assert maker.cancel("neverheard")


def test_a_model_that_is_gone_names_its_successor(replicate: Replicate) -> None:
    with pytest.raises(ProviderError) as caught:
        makers.portraits().submit(replace(PICTURE, prompt="create-404"), "tag")
    assert caught.value.code == "provider:call:gone"
    assert "google/nano-banana-2" in caught.value.detail
