"""Twelve scenes from an idea to the finished video on Replicate and Gemini: real SDKs, real processes, real files."""

import hashlib
import sqlite3
import time
import wave
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from assets.media.counter import label_hash, read_video
from tests.providers_server.google import ACCESS_TOKEN
from tests.providers_server.google_answers import KEY
from tests.providers_server.process import StandinProcess, standin_process
from tests.providers_server.replicate import HOOK_SECRET, TOKEN
from tests.support.film import FRAMES_A_CLIP, assert_playable
from tests.support.processes import Studio, running_studio, wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(900), pytest.mark.network_loopback]

SCENES = 12
IDEA = "A ferry crosses a lake while the singer waits for the other shore"
CHARACTER = "A woman in a red coat with a silver braid"
QUICK = {"MV_POLL_SECONDS": "0.4", "MV_SWEEP_SECONDS": "0.2", "MV_LOG_LEVEL": "DEBUG"}


class Customer:
    """Uses the API over HTTP and remembers every answer."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self.heard: list[bytes] = []

    def ask(self, method: str, path: str, **words: Any) -> Any:
        answer = self._client.request(method, path, **words)
        self.heard.append(answer.content)
        assert answer.status_code < 300, answer.text
        return answer.json() if "json" in answer.headers["Content-Type"] else answer.content

    def ended(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Start a job and return it when it has ended."""
        job = self.ask("POST", path, json=body)
        deadline = time.monotonic() + 600
        while job["state"] not in ("succeeded", "failed", "canceled", "needs_review"):
            assert time.monotonic() < deadline, job
            time.sleep(0.3)
            job = self.ask("GET", f"/api/mv/jobs/{job['id']}")
        ended: dict[str, Any] = job
        return ended

    def done(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Start a job and return its result."""
        job = self.ended(path, body)
        assert job["state"] == "succeeded", job["error"]
        result: dict[str, Any] = job["result"]
        return result


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    with standin_process(tmp_path_factory.mktemp("providers"), "--seconds", "0.3", "1.5") as process:
        yield process


@pytest.fixture(scope="module")
def studio(providers: StandinProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running_studio(tmp_path_factory.mktemp("data"), **QUICK, **providers.environment()) as running:
        yield running


@pytest.fixture(scope="module")
def customer(studio: Studio) -> Customer:
    return Customer(studio.url)


def song(folder: Path) -> Path:
    path = folder / "song.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(b"\x00\x20\x00\xe0" * (4000 * 8 * SCENES))
    return path


def rows(studio: Studio, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(studio.data_dir / "studio.sqlite3") as database:
        return database.execute(query).fetchall()


def ledger(studio: Studio, provider: str) -> Decimal:
    found = rows(studio, "select provider, cost_usd from generation_providercall")
    return sum((Decimal(str(cost)) for who, cost in found if who == provider), Decimal(0))


def test_twelve_scenes_from_idea_to_finished_video(
    studio: Studio, customer: Customer, providers: StandinProcess, tmp_path: Path
) -> None:
    witness = providers.witness
    with song(tmp_path).open("rb") as file:
        audio = customer.ask("POST", "/api/audio/upload", files={"file": file})["audio_id"]
    portraits = customer.done(
        "/api/mv/generate_character_reference", {"character_description": CHARACTER, "num_images": 2}
    )
    portrait = portraits["images"][1]["id"]
    # What may go wrong without a loss does: an answer is lost, the API stumbles, a file comes in half.
    providers.control(
        faults=[
            {"word": "create-lost", "provider": "replicate", "skip": 3, "times": 1},
            {"word": "create-429", "provider": "replicate", "skip": 7, "times": 1},
            {"word": "read-500", "provider": "replicate", "every": 9, "times": 3},
            {"word": "file-cut", "provider": "replicate", "times": 1},
        ]
    )
    project = customer.ask(
        "POST",
        "/api/mv/projects/",
        json={
            "idea": IDEA, "character_description": CHARACTER, "character_reference_id": portrait, "audio_id": audio,
            "number_of_scenes": SCENES, "seed": 7,
        },
    )["id"]  # fmt: skip
    customer.done(f"/api/mv/projects/{project}/run", {"confirm_cost_usd": "100"})
    clips = witness.creates(makes="clip", provider="replicate")
    assert len(clips) == SCENES
    assert len(witness.creates(makes="scenes", provider="gemini")) == 1
    stored = customer.ask("GET", f"/api/mv/get_character_reference/{portrait}")
    digest = hashlib.sha256(stored).hexdigest()
    assert [witness.files(clip["id"]) for clip in clips] == [{"reference_images": [digest]}] * SCENES

    scene = customer.ask("GET", f"/api/mv/projects/{project}")["scenes"][4]
    customer.done("/api/mv/lipsync", {"scene_id": scene["id"]})
    # A lip-sync cuts the film anew by itself.
    wait_for(
        lambda: not customer.ask("GET", f"/api/mv/projects/{project}")["final_stale"], seconds=300, saying="a new cut"
    )
    the_film_shows_every_scene_in_order(customer, project, providers, tmp_path)
    assert ledger(studio, "replicate") == witness.invoice("replicate")
    assert round(ledger(studio, "gemini"), 4) == round(witness.invoice("gemini"), 4) > 0


def the_film_shows_every_scene_in_order(
    customer: Customer, project: str, providers: StandinProcess, folder: Path
) -> None:
    snapshot = customer.ask("GET", f"/api/mv/projects/{project}")
    by_prompt = {clip["prompt"]: clip["label"] for clip in providers.witness.creates(makes="clip")}
    labels = [by_prompt[scene["description"]] for scene in snapshot["scenes"]]
    (sung,) = providers.witness.creates(makes="lipsync")
    labels[4] = sung["label"]
    assert len(set(labels)) == SCENES
    film = folder / "film.mp4"
    film.write_bytes(customer.ask("GET", f"/api/mv/get_video/{snapshot['final_video_id']}"))
    assert_playable(film, seconds=8 * SCENES)
    wanted = [(label_hash(label), frame) for label in labels for frame in range(FRAMES_A_CLIP)]
    assert read_video(film) == wanted


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/mv/generate_character_reference", {"character_description": "Ann create-401-echo", "num_images": 1}),
        ("/api/mv/generate_video", {"prompt": "A boat create-400-echo", "backend": "gemini"}),
        ("/api/mv/generate_video", {"prompt": "A boat create-422-echo", "backend": "replicate"}),
        ("/api/mv/create_scenes", {"idea": "A boat write-403-echo", "character_description": "Ann"}),
    ],
)
def test_a_provider_that_repeats_the_key_does_not_make_us_tell_it(
    customer: Customer, path: str, body: dict[str, Any]
) -> None:
    job = customer.ended(path, body)
    assert (job["state"], job["error"]["code"].split(":")[0]) == ("failed", "provider")
    assert TOKEN not in str(job)
    assert KEY not in str(job)


def test_no_key_is_in_anything_that_was_written_or_answered(
    studio: Studio, customer: Customer, providers: StandinProcess
) -> None:
    files = [path for folder in (studio.data_dir, providers.folder) for path in folder.rglob("*") if path.is_file()]
    captured = {str(path): path.read_bytes() for path in files}
    captured["what the studio said"] = "".join(studio.said).encode()
    captured["what the API answered"] = b"".join(customer.heard)
    assert any("log" in name for name in captured)
    secrets = [text.encode() for text in (TOKEN, KEY, ACCESS_TOKEN, HOOK_SECRET)]
    assert [(name, secret) for name, content in captured.items() for secret in secrets if secret in content] == []
