"""The stand-in itself: it must not be kinder than the providers, nor forget, nor charge other prices than they do."""

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from google import genai
from google.genai.types import HttpOptions
from replicate.client import Client
from replicate.webhook import InvalidSignatureError, Webhooks, WebhookSigningSecret

from assets.media.counter import label_hash, read_video
from generation.providers.prices import price_of, tariff_of
from generation.providers.registry import catalogue
from tests.providers_server.faults import Faults
from tests.providers_server.google import Google
from tests.providers_server.google_answers import KEY
from tests.providers_server.prices import PER_MILLION, PER_PIECE, PER_SECOND, per_million, price
from tests.providers_server.process import StandinProcess, standin_process
from tests.providers_server.replicate import HOOK_SECRET, TOKEN
from tests.providers_server.serving import House
from tests.support.hostile_server import hostile_server
from tests.support.processes import wait_for

pytestmark = pytest.mark.network_loopback

MODELS = {name: facts for name, facts in catalogue()["models"].items() if facts["provider"] not in {"sample", "mock"}}
PREDICTIONS = "/v1/predictions"


def client(api: str) -> httpx.Client:
    return httpx.Client(base_url=api, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20, trust_env=False)


def order(replicate: httpx.Client, prompt: str, **words: Any) -> dict[str, Any]:
    given = {"prompt": prompt, "duration": 4}
    made = replicate.post("/v1/models/google/veo-3.1/predictions", json={"input": given, **words}).raise_for_status()
    told: dict[str, Any] = made.json()
    return told


def ended(replicate: httpx.Client, number: str) -> dict[str, Any]:
    wait_for(
        lambda: replicate.get(f"{PREDICTIONS}/{number}").json()["status"] == "succeeded", seconds=20, saying="an end"
    )
    told: dict[str, Any] = replicate.get(f"{PREDICTIONS}/{number}").json()
    return told


def test_both_price_lists_hold_the_same_models() -> None:
    assert {*PER_PIECE, *PER_SECOND, *PER_MILLION} == set(MODELS)


@pytest.mark.parametrize("model", sorted(PER_PIECE))
def test_both_price_lists_agree_on_pieces(model: str) -> None:
    assert price(model) == price_of(model, {})


@pytest.mark.parametrize("model", sorted(PER_SECOND))
@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize("resolution", ["720p", "1080p"])
def test_both_price_lists_agree_on_seconds(model: str, resolution: str, *, sound: bool) -> None:
    asked = {"duration": 8, "generate_audio": sound, "resolution": resolution}
    assert price(model, seconds=8, sound=sound, resolution=resolution) == price_of(model, asked)


@pytest.mark.parametrize("model", sorted(PER_MILLION))
@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1)])
def test_both_price_lists_agree_on_words(model: str, day: date, prices_on: Callable[[date], None]) -> None:
    prices_on(day)
    ours = tariff_of(model)
    assert (ours["input_per_million"], ours["output_per_million"]) == per_million(model, day)


@pytest.mark.parametrize(
    ("word", "hits"),
    [
        ("read-500", [1, 1, 1, 1]),
        ("read-500-once", [1, 0, 0, 0]),
        ("read-500-x2", [1, 1, 0, 0]),
        ("read-500-on3", [0, 0, 1, 0]),
    ],
)
def test_words_say_when(tmp_path: Path, word: str, hits: list[int]) -> None:
    seen = []
    for _ in hits:
        faults = Faults(tmp_path)  # read anew, as after a restart
        seen.append(int(faults.due("replicate", "read", f"waves {word}") == "500"))
        assert faults.due("replicate", "create", f"waves {word}") == ""
    assert seen == hits


def test_rules_skip_and_count(tmp_path: Path) -> None:
    faults = Faults(tmp_path)
    faults.add("create-lost", provider="replicate", match="boat", skip=1, every=2, times=2)
    assert [faults.due("replicate", "create", "a boat") for _ in range(7)] == ["", "lost", "", "lost", "", "", ""]
    assert faults.due("gemini", "create", "a boat") == faults.due("replicate", "create", "a car") == ""


@pytest.fixture
def providers(tmp_path: Path) -> Any:
    with standin_process(tmp_path / "providers", "--seconds", "0.5", "0.5", "--film-seconds", "1") as process:
        yield process


def test_as_a_process_it_forgets_nothing_when_it_is_killed(providers: StandinProcess, tmp_path: Path) -> None:
    urls = dict(providers.urls)
    providers.control(faults=[{"word": "read-503", "skip": 1, "times": 1}])
    with client(urls["replicate"]) as replicate:
        first = order(replicate, "one")
        assert replicate.get(f"{PREDICTIONS}/{first['id']}").status_code == 200
    providers.kill()
    providers.start()
    assert {**providers.urls, "pid": 0} == {**urls, "pid": 0}
    with client(urls["replicate"]) as replicate:
        assert replicate.get(f"{PREDICTIONS}/{first['id']}").status_code == 503  # the rule goes on counting
        done = ended(replicate, first["id"])
        assert [each["id"] for each in replicate.get(PREDICTIONS).json()["results"]] == [first["id"]]
    film = tmp_path / "film.mp4"
    film.write_bytes(httpx.get(done["output"], trust_env=False).content)
    (bought,) = providers.witness.creates()
    assert read_video(film) == [(label_hash(bought["label"]), frame) for frame in range(24)]
    assert (bought["id"], str(providers.witness.invoice())) == (first["id"], "1.600")


def test_it_can_be_down_for_a_while_and_be_told_so(providers: StandinProcess) -> None:
    with client(providers.urls["replicate"]) as replicate:
        first = order(replicate, "one")
        providers.control(down_seconds=1.5)
        with pytest.raises(httpx.TransportError):
            replicate.get(PREDICTIONS)
        with pytest.raises(httpx.ConnectError):
            httpx.get(providers.urls["google"], trust_env=False)
        assert providers.control()["orders"]  # this door stays open
        wait_for(lambda: "up" in {line["kind"] for line in providers.witness.lines()}, seconds=20, saying="it is back")
        ended(replicate, first["id"])  # work went on behind closed doors


def test_the_sdk_may_wait_for_a_run_and_name_a_version(house: House) -> None:
    sdk = Client(api_token=TOKEN, base_url=house.replicate.api)
    address = sdk.run("google/imagen-4", input={"prompt": "A singer"}, use_file_output=False)
    assert str(address).startswith(house.replicate.outputs)
    assert sdk.predictions.create(version="google/imagen-4", input={"prompt": "A singer"}).model == "google/imagen-4"
    assert len(house.standin.witness.creates(makes="image")) == 2


def test_words_come_in_one_piece_too(google: Google) -> None:
    there = genai.Client(api_key=KEY, http_options=HttpOptions(base_url=google.url))
    told = there.models.generate_content(model="gemini-3.8-flash", contents="A storm")
    assert len(json.loads(told.text or "")["scenes"]) == 1
    assert told.usage_metadata is not None
    assert told.usage_metadata.thoughts_token_count == 655


def test_results_go_after_their_time(house: House) -> None:
    house.standin.keep_seconds = 0
    with client(house.replicate.api) as replicate:
        number = order(replicate, "one")["id"]
        for _ in range(2):
            replicate.get(f"{PREDICTIONS}/{number}")
        time.sleep(0.01)
        told = replicate.get(f"{PREDICTIONS}/{number}").json()
    assert (told["status"], told["output"], told["data_removed"]) == ("succeeded", None, True)
    assert httpx.get(f"{house.url('outputs')}/out/{number}.mp4", trust_env=False).status_code == 404


def hear(rings: list[bytes], *answers: int) -> Callable[[bytes, Any], None]:
    """Answer one ring after the other with these statuses, the last one for ever."""

    def answer(request: bytes, connection: Any) -> None:
        while b"\r\n\r\n" not in request or len(request.split(b"\r\n\r\n", 1)[1]) < _length(request):
            request += connection.recv(65536)
        rings.append(request)
        status = answers[min(len(rings), len(answers)) - 1]
        connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    return answer


def _length(request: bytes) -> int:
    lines = request.split(b"\r\n\r\n", 1)[0].lower().split(b"\r\n")
    return int(next(line for line in lines if line.startswith(b"content-length")).split(b":")[1])


@pytest.mark.parametrize(("prompt", "answers", "count"), [("one", (500, 200), 2), ("two hook-twice", (200,), 2)])
def test_webhooks_are_signed_as_the_sdk_checks_them(
    house: House, prompt: str, answers: tuple[int, ...], count: int
) -> None:
    rings: list[bytes] = []
    with hostile_server(hear(rings, *answers)) as receiver, client(house.replicate.api) as replicate:
        hook = {"webhook": f"http://127.0.0.1:{receiver.port}/ring", "webhook_events_filter": ["completed"]}
        number = order(replicate, prompt, **hook)["id"]
        for _ in range(2):
            replicate.get(f"{PREDICTIONS}/{number}")
        wait_for(lambda: len(rings) == count, seconds=20, saying="it rings")
    for ring in rings:
        headers, body = _checked(ring)
        assert (body["id"], body["status"]) == (number, "succeeded")
        Webhooks.validate(headers=headers, body=json.dumps(body), secret=_secret(), tolerance=300)


def test_a_forged_webhook_does_not_fit(house: House) -> None:
    rings: list[bytes] = []
    with hostile_server(hear(rings, 200)) as receiver, client(house.replicate.api) as replicate:
        number = order(replicate, "hook-forged", webhook=f"http://127.0.0.1:{receiver.port}/ring")["id"]
        replicate.get(f"{PREDICTIONS}/{number}")
        wait_for(lambda: len(rings) == 1, seconds=20, saying="it rings")
    headers, body = _checked(rings[0])
    with pytest.raises(InvalidSignatureError):
        Webhooks.validate(headers=headers, body=json.dumps(body), secret=_secret(), tolerance=300)


def _secret() -> WebhookSigningSecret:
    return WebhookSigningSecret(key=HOOK_SECRET)


def _checked(ring: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    head, body = ring.split(b"\r\n\r\n", 1)
    pairs = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return {name.lower(): value for name, value in pairs}, json.loads(body)
