"""Two workers with the same job make one row, whoever is faster."""

import threading
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from assets import storage
from assets.models import Video, VideoKind
from assets.services.videos import video_create_from_file
from mvsite.accounts.services import local_owner
from tests.support.clips import marker_clip


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_job_make_one_row(tmp_path: Path) -> None:
    paths = [marker_clip(tmp_path / f"{n}.mp4", seconds=1, colour=(n * 40, 90, 160)) for n in range(3)]
    owner, row_id = local_owner(), uuid4()
    start = threading.Barrier(len(paths))
    made: list[Video] = []
    refused: list[BaseException] = []

    def work(path: Path) -> None:
        start.wait()
        try:
            made.append(video_create_from_file(id=row_id, owner=owner, kind=VideoKind.CLIP, path=path))
        except BaseException as error:  # noqa: BLE001 - a thread would swallow it
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = Video.objects.get()
    assert storage.describe(row.key).sha256 == row.sha256
    assert {video.sha256 for video in made} == {row.sha256}
    assert refused == []
