"""What is really written with `MV_DEBUG_MODE=true` while a music video is made: the events of `docs/events.md`."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from assets.services.audio import audio_upload
from generation.selectors import scenes_of
from generation.services.lipsync import scene_lipsync_request
from generation.services.portraits import portraits_request
from generation.services.projects import project_create
from generation.services.stitch import stitch_request
from mvsite.accounts.models import User
from mvsite.logs import logging_config
from tests.support.clips import tone
from tests.support.engine import work_off
from tests.support.event_names import EVERYWHERE, documented
from tests.support.quick_clips import QuickClips

pytestmark = pytest.mark.django_db(transaction=True)
COMMON = {*EVERYWHERE, "event", "level", "timestamp", "kind"}
LEVELS = {"": "debug", "I": "info", "W": "warning"}
STATED = {"job_claimed", "job_waiting", "job_succeeded", "provider_call_sent", "provider_call_answered"}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Take in what the studio logs, formatted as it is in an installation that logs every step."""
    logger = logging.getLogger("mv.events")
    level = logger.level
    formatter = logging_config(debug=True)["formatters"]["json"]
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(formatter.pop("()")(**formatter))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_music_video_is_told_step_by_step(
    api: APIClient, owner: User, quick_clips: QuickClips, tmp_path: Path, written: io.StringIO
) -> None:
    song = audio_upload(owner=owner, path=tone(tmp_path / "song.wav", seconds=6), name="song.wav")
    project = project_create(
        owner=owner, idea="A boat at dusk", character_description="a sailor", number_of_scenes=2, seed=3, audio=song
    )
    portraits_request(owner=owner, character_description="a sailor", num_images=1, project=project)
    work_off()
    answer = api.post(f"/api/mv/projects/{project.pk}/run", headers={"X-Request-ID": "the-request-of-this-test"})
    assert answer.status_code == 202
    work_off()
    project.refresh_from_db()
    scene_lipsync_request(scene=scenes_of(project)[0])
    work_off()
    wishes = {"suppress_video_audio": True, "transition": "cut"}
    film = project.final_video_id
    assert film is not None
    stitch_request(owner=owner, video_ids=[film], audio_overlay_id=song.pk, wishes=wishes)
    stitch_request(owner=owner, video_ids=[film], audio_overlay_id="nonsense")
    work_off()

    promised, said = documented(), lines(written)
    for line in said:
        level, fields = promised[line["event"]]
        own = set(line) - COMMON if "kind" not in fields else set(line) - (COMMON - {"kind"})
        assert (line["level"], own) == (LEVELS[level], set(fields)), line
    names = {line["event"] for line in said}
    assert names >= {
        *{"scenes_request_received", "scenes_generated", "batch_image_request", "batch_image_result"},
        *{"video_request_received", "video_generated", "lipsync_request_received", "lipsync_audio_clipped"},
        *{"lipsync_completed", "trimmed_audio_cleanup", "stitch_videos_request_received", "stitch_plan"},
        *{"stitch_audio_params", "audio_trimmed_for_overlay", "audio_overlay_applied", "video_audio_suppression"},
        *{"stitch_merge_started", "stitch_merge_completed", "stitch_cleanup", "audio_overlay_not_found"},
        *{"config_flavor_selected", "flavor_config_loaded", "request_answered", *STATED},
    }
    assert_a_request_leads_to_its_work(said, request="the-request-of-this-test", project=str(project.pk))


def assert_a_request_leads_to_its_work(said: list[dict[str, Any]], *, request: str, project: str) -> None:
    answered = next(line for line in said if line["event"] == "request_answered")
    assert (answered["request_id"], answered["status"]) == (request, 202)
    inside = [line for line in said if line["event"] == "stitch_plan" and line["project_id"]]
    assert {(line["kind"], line["project_id"]) for line in inside} == {("stitch", project)}
    assert request in {line["request_id"] for line in inside}
    kinds = {line.get("kind") for line in said if line.get("request_id") == request}
    assert kinds >= {"run", "scenes", "clip", "stitch"}
    claimed = {line["kind"] for line in said if line["event"] == "job_claimed" and line["request_id"] == request}
    assert claimed == {"run", "scenes", "clip", "stitch"}
    for line in said:
        if line["event"] in STATED and "job_id" in line:
            assert line["owner_id"]
