"""Without any key everything is made on this machine, says so, costs nothing, and asks nobody."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.models import Job, ProviderCall
from generation.providers.registry import configured
from tests.providers_server.serving import House
from tests.support.clips import tone
from tests.support.engine import work_off

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]


def made(api: APIClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Order, work it off, and return the result."""
    job = api.post(path, body, format="json").json()
    work_off()
    told = api.get(f"/api/mv/jobs/{job['id']}").json()
    assert told["state"] == "succeeded", told["error"]
    result: dict[str, Any] = told["result"]
    return result


def test_everything_is_made_here_and_says_so(api: APIClient, house: House, settings: Settings, tmp_path: Path) -> None:
    # The addresses are right: only the keys are missing.
    settings.REPLICATE_BASE_URL = house.replicate.api
    settings.GOOGLE_GEMINI_BASE_URL = settings.GOOGLE_VERTEX_BASE_URL = house.google.url
    assert configured() == ("sample",)
    with tone(tmp_path / "song.wav", seconds=8).open("rb") as file:
        audio = api.post("/api/audio/upload", {"file": file}).json()["audio_id"]
    who = {"character_description": "A singer in a red coat"}
    scenes = made(api, "/api/mv/create_scenes", {"idea": "A storm", "number_of_scenes": 2, **who})
    portraits = made(api, "/api/mv/generate_character_reference", {"num_images": 1, **who})
    clip = made(
        api,
        "/api/mv/generate_video",
        {"prompt": "A storm", "duration": 4, "character_reference_id": portraits["images"][0]["id"]},
    )
    sung = made(api, "/api/mv/lipsync", {"video_id": clip["video_id"], "audio_id": audio})
    models = [told["metadata"]["model_used"] for told in (scenes, clip, sung)]
    assert models == ["sample-writer-1", "sample-clip-1", "sample-lipsync-1"]
    assert {told["metadata"]["backend_used"] for told in (clip, sung)} == {"sample"}
    jobs = {(job.kind, job.provider, job.cost_usd) for job in Job.objects.all()}
    assert jobs == {(kind, "sample", Decimal(0)) for kind in ("scenes", "portraits", "clip", "lipsync")}
    assert set(ProviderCall.objects.values_list("provider", flat=True)) == {"sample"}
    assert house.standin.witness.lines() == []
