"""What a share link shows, to whom, and for how long: to anybody who has it, that one thing, until it ends."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.models import Video, VideoKind
from assets.services.videos import video_create_from_file
from generation.models import Project, Share
from generation.selectors import scenes_of
from generation.services.shares import share_create, share_revoke, share_token
from mvsite.accounts.models import User
from mvsite.logs import redact
from tests.support.clips import marker_clip
from tests.support.rows import a_project, a_song, a_take, a_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings: Settings) -> Client:
    """Return a browser without an account, on an installation that asks for one."""
    settings.MV_AUTH = "required"
    settings.ALLOWED_HOSTS = ["studio.example"]
    return Client(HTTP_HOST="studio.example")


@pytest.fixture
def film(owner: User, tmp_path: Path) -> Video:
    """Keep a real film of a second."""
    path = marker_clip(tmp_path / "film.mp4", seconds=1)
    return video_create_from_file(id=uuid.uuid4(), owner=owner, path=path, kind=VideoKind.STITCHED, title="The storm")


def path_of(share: Share, more: str = "") -> str:
    return f"/share/{share_token(share)}/{more}"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def finished(owner: User, film: Video) -> Project:
    """Make a project of two scenes, one of them shot, with its film and a song."""
    project = a_project(owner, title="Storm dance", scenes=2, final_video=film)
    a_take(scenes_of(project)[0])
    project.audio = a_song(owner, title="Sea shanty")
    project.save()
    return project


def test_a_link_of_somebody_who_may_not_come_in_shows_nothing(visitor: Client, owner: User, film: Video) -> None:
    project = finished(owner, film)
    links = [share_create(owner=owner, video=film), share_create(owner=owner, project=project)]
    for is_active, page, video in ((True, 200, 302), (False, 404, 404), (True, 200, 302)):
        User.objects.filter(pk=owner.pk).update(is_active=is_active)
        for share in links:
            assert visitor.get(path_of(share)).status_code == page
            assert visitor.get(path_of(share, f"video/{film.pk}")).status_code == video


def test_a_stranger_watches_the_film(visitor: Client, owner: User, film: Video, tmp_path: Path) -> None:
    share = share_create(owner=owner, video=film)
    page = visitor.get(path_of(share))
    assert page.status_code == 200
    assert "The storm" in page.content.decode()
    assert f'src="{path_of(share)}video/{film.pk}"' in page.content.decode()

    led = visitor.get(path_of(share, f"video/{film.pk}"))
    assert led.status_code == 302
    assert led["Location"].startswith(f"/media/video/{film.pk}?e=")
    content = (tmp_path / "film.mp4").read_bytes()
    assert body(visitor.get(led["Location"])) == content
    assert body(visitor.get(led["Location"], headers={"Range": "bytes=5-14"})) == content[5:15]
    still = visitor.get(path_of(share, f"video/{film.pk}?size=thumb"), follow=True)
    assert (still.status_code, still["Content-Type"], body(still)[:2]) == (200, "image/jpeg", b"\xff\xd8")
    saved = visitor.get(path_of(share, f"video/{film.pk}?download=true"), follow=True)
    assert saved["Content-Disposition"].startswith("attachment")


def test_a_project_shows_film_scenes_and_song_and_nothing_else(visitor: Client, owner: User, film: Video) -> None:
    project = finished(owner, film)
    share = share_create(owner=owner, project=project)
    html = visitor.get(path_of(share)).content.decode()
    for shown in ("Storm dance", "Scene text 0", "Scene text 1", "Sea shanty · 0:20.0", "No clip yet"):
        assert shown in html
    scene = scenes_of(project)[0]
    for hidden in (str(project.pk), str(scene.pk), str(owner.pk), owner.username, "$", "/api/mv/", "/studio/"):
        assert hidden not in html
    assert html.count("<video") == 2
    take = scene.takes.get()
    assert visitor.get(path_of(share, f"video/{take.video_id}")).status_code == 302


def test_a_link_opens_only_what_it_shows(visitor: Client, owner: User, film: Video) -> None:
    share = share_create(owner=owner, project=finished(owner, film))
    for other in (a_video(owner).pk, uuid.uuid4()):
        assert visitor.get(path_of(share, f"video/{other}")).status_code == 404
    assert visitor.get(f"/api/mv/get_video/{film.pk}").status_code in {401, 403}


def test_a_take_that_is_no_longer_chosen_is_no_longer_shown(visitor: Client, owner: User, film: Video) -> None:
    project = finished(owner, film)
    share = share_create(owner=owner, project=project)
    scene = scenes_of(project)[0]
    older = scene.takes.get()
    a_take(scene, number=2)
    assert visitor.get(path_of(share, f"video/{older.video_id}")).status_code == 404


def expire(share: Share) -> None:
    Share.objects.filter(pk=share.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(share: Share) -> None:
    share_revoke(share=share)


def forget(share: Share) -> None:
    share.delete()


def throw_away(share: Share) -> None:
    assert share.video
    Video.objects.filter(pk=share.video.pk).update(trashed_at=timezone.now())


@pytest.mark.parametrize("end", [expire, throw_away, revoke, forget])
def test_an_ended_link_is_like_one_that_never_was(visitor: Client, owner: User, film: Video, end: Any) -> None:
    share = share_create(owner=owner, video=film)
    paths = path_of(share), path_of(share, f"video/{film.pk}")
    invented = visitor.get("/share/" + "A" * 22 + "." + "b" * 43 + "/")
    end(share)
    ended = visitor.get(paths[0])
    assert (ended.status_code, ended.content) == (404, invented.content)
    assert "This link shows nothing" in ended.content.decode()
    assert visitor.get(paths[1]).status_code == 404


def test_every_change_of_a_link_ends_it(visitor: Client, owner: User, film: Video) -> None:
    share, other = share_create(owner=owner, video=film), share_create(owner=owner, video=film)
    packed, signature = share_token(share).split(".")
    changed = [
        f"{packed}.{share_token(other).split('.')[1]}",
        f"{packed}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{packed}.",
        packed,
        f"{packed[:-1]}{'B' if packed[-1] != 'B' else 'C'}.{signature}",
        f"{packed}..{signature}",
        f"{packed}.{signature}.x",
        str(share.pk),
    ]
    assert [visitor.get(f"/share/{token}/").status_code for token in changed] == [404] * len(changed)
    assert visitor.get(f"/share/{packed}.{signature}").status_code == 200


def test_a_link_outlives_a_change_of_the_key_while_the_old_one_still_verifies(
    visitor: Client, owner: User, film: Video, settings: Settings
) -> None:
    share = share_create(owner=owner, video=film)
    old, path = settings.SECRET_KEY, path_of(share)
    settings.SECRET_KEY = "a-new-key-of-this-test"
    assert visitor.get(path).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert visitor.get(path).status_code == 200


def test_looking_counts_and_playing_does_not(visitor: Client, owner: User, film: Video) -> None:
    share = share_create(owner=owner, video=film)
    visitor.get(path_of(share))
    visitor.head(path_of(share))
    visitor.get(path_of(share, f"video/{film.pk}"))
    visitor.get(path_of(share))
    share.refresh_from_db()
    assert share.opened == 2


def test_the_page_is_for_watching_only_and_for_no_search_engine(visitor: Client, owner: User, film: Video) -> None:
    path = path_of(share_create(owner=owner, video=film))
    answer = visitor.get(path)
    assert "noindex" in answer["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    for method in ("post", "put", "patch", "delete"):
        assert getattr(visitor, method)(path).status_code == 405


def test_no_link_gets_into_a_log(owner: User, film: Video) -> None:
    token = share_token(share_create(owner=owner, video=film))
    written = redact(f'"GET /share/{token}/ HTTP/1.1" 200')
    assert token not in written
    assert token.split(".")[1] not in written
