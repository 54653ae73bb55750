"""A front end of the first version, which knows no jobs: with two settings it works unchanged. And the client we give.

The old one posts, waits and reads what the table of the contract promises; it runs in a browser on another origin.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assets.media.probe import probe
from tests.support.client import mv_client
from tests.support.clips import tone
from tests.support.processes import Studio, running_studio

pytestmark = [pytest.mark.network_loopback, pytest.mark.timeout(600)]
FRONT = "https://front.example"
FILMS = frozenset({"mp4"})


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = {
        "MV_DEFAULT_WAIT_SECONDS": "420",
        "MV_CORS_ALLOW_ORIGINS": FRONT,
        "MV_SAMPLE_REFUSE": "forbidden",
        "MV_RENDER_WORKERS": "1",
    }
    with running_studio(tmp_path_factory.mktemp("studio"), **settings) as running:
        yield running


class OldFrontEnd:
    """Sends what it always sent; every answer must be the result itself, and readable from its origin."""

    def __init__(self, url: str) -> None:
        headers = {"Origin": FRONT, "Sec-Fetch-Site": "cross-site"}
        self._browser = httpx.Client(base_url=url, headers=headers, timeout=450, trust_env=False)

    def ask(self, method: str, path: str, **words: Any) -> httpx.Response:
        answer = self._browser.request(method, path, **words)
        assert answer.headers["Access-Control-Allow-Origin"] == FRONT
        return answer

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def upload(self, path: str, file: Path) -> dict[str, Any]:
        answer = self.ask("POST", path, files={"file": (file.name, file.read_bytes())})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def file(self, path: str) -> bytes:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.content


def test_the_whole_job_without_a_job(studio: Studio, tmp_path: Path) -> None:
    front = OldFrontEnd(studio.url)
    flavors = front.ask("GET", "/api/mv/get_config_flavors").json()["flavors"]
    assert flavors[0] == "default"
    character = "A sailor with a red beard"
    written = front.post("/api/mv/create_scenes", idea="A storm", character_description=character, number_of_scenes=1)
    (scene,) = written["scenes"]
    drawn = front.post("/api/mv/generate_character_reference", character_description=character, num_images=2)
    portraits = [front.file(f"/api/mv/get_character_reference/{image['id']}") for image in drawn["images"]]
    assert [picture[:8] for picture in portraits] == [b"\x89PNG\r\n\x1a\n"] * 2
    assert drawn["metadata"]["num_images_generated"] == 2
    chosen = drawn["images"][0]["id"]
    clip = front.post("/api/mv/generate_video", prompt=scene["description"], duration=4, character_reference_id=chosen)
    assert clip["metadata"]["character_reference_id"] == chosen
    song = front.upload("/api/audio/upload", tone(tmp_path / "song.wav", seconds=9))
    cut = front.post("/api/audio/trim", audio_id=song["audio_id"], start_at=2)
    assert (cut["original_audio_id"], cut["duration"]) == (song["audio_id"], 7.0)
    synced = front.post("/api/mv/lipsync", video_id=clip["video_id"], audio_id=cut["audio_id"], start_time=0)
    film = front.post(
        "/api/mv/stitch-videos", video_ids=[clip["video_id"], synced["video_id"]], audio_overlay_id=cut["audio_id"]
    )
    assert film["audio_overlay_applied"] is True
    (tmp_path / "film.mp4").write_bytes(front.file(film["video_url"]))
    facts = probe(tmp_path / "film.mp4", formats=FILMS)
    assert facts.video is not None
    assert round(facts.duration) == 8


def test_a_refusal_comes_as_the_answer(studio: Studio) -> None:
    body = {"prompt": "something forbidden", "duration": 4}
    answer = OldFrontEnd(studio.url).ask("POST", "/api/mv/generate_video", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["code"].startswith("provider:")


def test_a_browser_is_allowed_to_ask_and_a_stranger_is_not(studio: Studio) -> None:
    def preflight(origin: str) -> httpx.Headers:
        wanted = "content-type,idempotency-key,prefer,authorization"
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
        address = f"{studio.url}/api/mv/create_scenes"
        return httpx.request("OPTIONS", address, headers=headers, timeout=20, trust_env=False).headers

    allowed = preflight(FRONT)
    assert allowed["Access-Control-Allow-Origin"] == FRONT
    assert {"idempotency-key", "prefer", "authorization"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in allowed
    assert "Access-Control-Allow-Origin" not in preflight("https://elsewhere.example")
    for path, origin in (("/api/mv/projects", "https://elsewhere.example"), ("/create/", FRONT)):
        refused = httpx.get(f"{studio.url}{path}", headers={"Origin": origin}, timeout=20, trust_env=False)
        assert refused.status_code == 403


def test_the_client_we_give_does_the_same(studio: Studio, tmp_path: Path) -> None:
    module = mv_client()
    client = module.Studio(studio.url)
    clip = client.generate_video(prompt="A ferry at dusk", duration=4)
    song = client.upload("audio", tone(tmp_path / "song.wav", seconds=5))
    film = client.stitch_videos(video_ids=[clip["video_id"]], audio_overlay_id=song["audio_id"])
    saved = client.download(film["video_url"], tmp_path / "film.mp4")
    assert probe(saved, formats=FILMS).video is not None
    assert client.get(f"/api/mv/videos/{film['video_id']}")["kind"] == "stitched"
    with pytest.raises(module.StudioError) as refused:
        client.generate_video(prompt="something forbidden", duration=4)
    assert refused.value.status == 422
    with pytest.raises(module.StudioError) as wrong:
        client.trim_audio(audio_id="no id")
    assert wrong.value.status == 400
