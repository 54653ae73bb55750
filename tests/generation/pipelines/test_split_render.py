"""A long render split over workers: parts are children, they travel through the bucket, the join waits for all."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from assets.media.ffmpeg import FrameEncoder
from assets.models import Video
from assets.services.videos import video_upload
from generation.choices import JobKind, JobState
from generation.jobs import request_cancel
from generation.models import Job
from generation.pipelines import engine, stitch_parts
from generation.services.stitch import stitch_request
from mvsite.accounts.models import User
from mvsite.common.errors import AppError
from tests.support.engine import make_due, work_off
from tests.support.s3_server import S3Server, s3_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
SIZES = ((160, 90), (160, 90), (96, 96), (128, 64))  # two fit, two must be made to fit
FRAMES = 48


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(autouse=True)
def bucket(server: S3Server, settings: Settings) -> S3Server:
    server.set_on(settings, serve=False)
    settings.MV_SPLIT_RENDER_SECONDS = 2.0
    return server


@pytest.fixture
def clips(owner: User, tmp_path: Path) -> list[Video]:
    made = []
    for number, (width, height) in enumerate(SIZES):
        path = tmp_path / f"{number}.mp4"
        with FrameEncoder(path, width=width, height=height) as film:
            for _ in range(FRAMES):
                film.write(bytes((40 * number, 90, 160)) * (width * height))
        made.append(video_upload(owner=owner, path=path, name=path.name))
    return made


def film_of(owner: User, clips: list[Video]) -> Job:
    return stitch_request(owner=owner, video_ids=[clip.pk for clip in clips])


def parts_of(job: Job) -> list[Job]:
    return list(job.children.order_by("created_at"))


def step(job: Job) -> Job:
    make_due(job)
    engine.advance(job.pk)
    job.refresh_from_db()
    return job


def on_another_host(settings: Settings) -> None:
    """Go on as a host that has nothing but the bucket."""
    for place in Path(settings.MEDIA_ROOT).iterdir():
        shutil.rmtree(place)


def film_facts(job: Job) -> dict[str, Any]:
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error
    film = Video.objects.get(pk=job.params["video_id"])
    return {"frames": film.frames, "plan": film.metadata["plan"]["strategy"]}


def test_the_odd_clips_become_children_and_the_join_finds_them_on_another_host(
    owner: User, clips: list[Video], settings: Settings, bucket: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = step(film_of(owner, clips))
    parts = parts_of(job)
    assert (job.state, [part.kind for part in parts]) == (JobState.RUNNING, [JobKind.STITCH] * 2)
    assert {part.params["source_video_id"] for part in parts} == {str(clip.pk) for clip in clips[2:]}
    for part in parts:
        on_another_host(settings)
        assert step(part).state == JobState.SUCCEEDED
        assert part.result is not None
        assert part.result["key"] in bucket.names()
    on_another_host(settings)
    monkeypatch.setattr("assets.media.stitch.picture.conform", encoded_again)
    work_off()
    assert film_facts(job)["frames"] == FRAMES * len(SIZES)
    assert not [name for name in bucket.names() if "/part-" in name]


def encoded_again(*_: Any, **__: Any) -> None:
    raise AssertionError("a part was made a second time")


def test_a_part_that_fails_is_made_by_the_join_itself(
    owner: User, clips: list[Video], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = step(film_of(owner, clips))

    def broken(*_: Any, **__: Any) -> None:
        raise AppError("app:render:failed", "no encoder on this host")

    monkeypatch.setattr(stitch_parts, "make_part", broken)
    assert [step(part).state for part in parts_of(job)] == [JobState.FAILED] * 2
    work_off()
    assert film_facts(job)["frames"] == FRAMES * len(SIZES)


def test_a_cancel_stops_the_parts_too(owner: User, clips: list[Video]) -> None:
    job = step(film_of(owner, clips))
    request_cancel(job)
    work_off()
    job.refresh_from_db()
    assert {each.state for each in (job, *parts_of(job))} == {JobState.CANCELED}


@pytest.mark.parametrize("why", ["short", "never", "no bucket"])
def test_nothing_is_split_when_it_is_not_worth_it(
    owner: User, clips: list[Video], settings: Settings, why: str
) -> None:
    settings.MV_SPLIT_RENDER_SECONDS = {"short": 60.0, "never": 0.0, "no bucket": 2.0}[why]
    if why == "no bucket":
        settings.STORAGE_BUCKET = ""
    job = film_of(owner, clips)
    work_off()
    assert film_facts(job)["frames"] == FRAMES * len(SIZES)
    assert parts_of(job) == []
