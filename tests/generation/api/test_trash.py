"""A person empties the own trash: rows and bytes go, here and in the bucket; nothing that is used, marked or kept."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import Audio, CharacterReference, CloudCopy, Video
from generation.models import Project, Share, Take
from generation.services import trash
from generation.services.emptying import project_purge
from generation.services.shares import share_create
from generation.services.storyboard import scene_add
from mvsite.accounts import quotas
from mvsite.accounts.models import AuditEntry, User
from tests.support.old_files import a_row
from tests.support.people import accounts, person, program, session
from tests.support.rows import a_job, a_project
from tests.support.s3_server import s3_server

pytestmark = pytest.mark.django_db
TRASH = "/api/mv/trash"
PROJECTS = "/api/mv/trash/projects"
KINDS = ("video", "audio", "character")


@pytest.fixture(autouse=True)
def vault(data_dir: Path) -> Path:
    return data_dir / "media"


def thrown(kind: str, owner: User, **words: Any) -> Any:
    return a_row(kind, owner, trashed_days=0.001, **words)


def ids() -> set[Any]:
    return {row.pk for model in (Video, Audio, CharacterReference) for row in model._base_manager.all()}


def test_rows_and_bytes_go_and_the_rest_stays(api: APIClient, owner: User, vault: Path) -> None:
    gone = [thrown(kind, owner) for kind in KINDS]
    kept = [a_row(kind, owner) for kind in KINDS]
    marked = [thrown(kind, owner, favourite=True) for kind in KINDS]
    theirs = [thrown(kind, person("bob")) for kind in KINDS[:1]]
    answer = api.delete(TRASH)
    assert answer.status_code == 200
    assert answer.json() == {"deleted": 3, "size_bytes": sum(row.size_bytes for row in gone), "has_more": False}
    assert ids() == {row.pk for row in (*kept, *marked, *theirs)}
    assert [row for row in gone if (vault / row.key).exists()] == []
    assert all((vault / row.key).exists() for row in (*kept, *marked, *theirs))
    assert api.delete(TRASH).json() == {"deleted": 0, "size_bytes": 0, "has_more": False}
    entries = AuditEntry.objects.filter(action="trash.emptied", by_id=owner.pk).order_by("at")
    assert [entry.detail["deleted"] for entry in entries] == [3, 0]


def as_song(owner: User, row: Any) -> None:
    a_project(owner, audio=row)


def as_portrait(owner: User, row: Any) -> None:
    a_project(owner, character_reference=row)


def as_final_video(owner: User, row: Any) -> None:
    a_project(owner, final_video=row)


def as_picked_take(owner: User, row: Any) -> None:
    scene = scene_add(project=a_project(owner), description="rain")
    scene.selected = Take.objects.create(scene=scene, number=1, video=row)
    scene.save()


def as_source_of_a_lip_sync(owner: User, row: Any) -> None:
    scene = scene_add(project=a_project(owner), description="rain")
    source = Take.objects.create(scene=scene, number=1, video=row)
    Take.objects.create(scene=scene, number=2, video=a_row("video", owner), source=source)


def as_shared(owner: User, row: Any) -> None:
    share_create(owner=owner, video=row)


def as_original_of_a_cut(owner: User, row: Any) -> None:
    a_row("audio", owner, original=row, start_ms=0, end_ms=1000, source="trim")


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        ("audio", as_song),
        ("character", as_portrait),
        ("video", as_final_video),
        ("video", as_picked_take),
        ("video", as_source_of_a_lip_sync),
        ("video", as_shared),
        ("audio", as_original_of_a_cut),
    ],
)
def test_what_is_used_stays(
    api: APIClient, owner: User, vault: Path, kind: str, use: Callable[[User, Any], None]
) -> None:
    row, unused = a_row(kind, owner), thrown(kind, owner)
    use(owner, row)
    type(row).objects.filter(pk=row.pk).update(trashed_at=timezone.now())
    assert api.delete(TRASH).json()["deleted"] == 1
    assert (row.pk in ids(), unused.pk in ids()) == (True, False)
    assert (vault / row.key).exists()


def test_a_song_goes_with_the_last_cut_of_it(api: APIClient, owner: User) -> None:
    song = thrown("audio", owner)
    thrown("audio", owner, original=song, start_ms=0, end_ms=1000, source="trim")
    assert api.delete(TRASH).json()["deleted"] == 2
    assert ids() == set()


def test_a_large_trash_is_emptied_by_several_calls(
    api: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        thrown("character", owner)
    monkeypatch.setattr(trash.trash_empty, "__kwdefaults__", {"most": 2})
    told = [api.delete(TRASH).json() for _ in range(3)]
    assert [(each["deleted"], each["has_more"]) for each in told] == [(2, True), (2, True), (1, False)]
    assert ids() == set()


@pytest.mark.network_loopback
def test_copies_in_the_bucket_go_too(api: APIClient, owner: User, settings: Settings) -> None:
    with s3_server() as server:
        server.set_on(settings, serve=True)
        row, kept = thrown("video", owner), a_row("video", owner)
        assert server.names() == {row.key, kept.key}
        assert api.delete(TRASH).json()["deleted"] == 1
        assert server.names() == {kept.key}
    assert not CloudCopy.objects.filter(pk=row.key).exists()


def test_each_has_a_trash_of_their_own_and_its_room_is_free_at_once(settings: Settings) -> None:
    accounts(settings)
    settings.MV_QUOTA_STORAGE_MB = 1
    ada, bob = person("ada"), person("bob", is_staff=True)
    row = thrown("character", ada)
    assert quotas.standings(ada.pk)[1].used == row.size_bytes
    assert session(bob).delete(TRASH).json()["deleted"] == 0
    assert program(ada, "read").delete(TRASH).status_code == 403
    assert row.pk in ids()
    assert session(ada).delete(TRASH).json()["deleted"] == 1
    assert quotas.standings(ada.pk)[1].used == 0


def a_thrown_project(owner: User) -> tuple[Project, Any]:
    project = a_project(owner, audio=a_row("audio", owner))
    scene = scene_add(project=project, description="rain")
    take = Take.objects.create(scene=scene, number=1, video=a_row("video", owner))
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    return project, take.video


def test_projects_go_and_their_clips_go_to_the_trash_of_the_library(api: APIClient, owner: User, vault: Path) -> None:
    (_, clip), kept, (theirs, _) = a_thrown_project(owner), a_project(owner), a_thrown_project(person("bob"))
    assert api.delete(PROJECTS).json() == {"deleted": 1, "has_more": False}
    assert set(Project.objects.values_list("pk", flat=True)) == {kept.pk, theirs.pk}
    clip.refresh_from_db()
    assert clip.trashed_at is not None
    assert (vault / clip.key).exists()
    assert Audio.objects.filter(owner=owner, trashed_at=None).count() == 1
    assert api.delete(TRASH).json()["deleted"] == 1
    assert not (vault / clip.key).exists()
    entry = AuditEntry.objects.get(action="trash.projects_emptied")
    assert (entry.by_id, entry.detail["deleted"]) == (owner.pk, 1)


def test_a_project_at_work_or_with_an_open_link_stays(api: APIClient, owner: User) -> None:
    (working, _), (shared, _) = a_thrown_project(owner), a_thrown_project(owner)
    a_job(owner, project=working)
    Share.objects.create(owner=owner, project=shared, expires_at=timezone.now() + timedelta(days=1))
    assert api.delete(PROJECTS).json() == {"deleted": 0, "has_more": False}
    assert Project.objects.filter(pk__in=(working.pk, shared.pk)).count() == 2


def test_many_projects_go_by_several_calls(api: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        a_thrown_project(owner)
    monkeypatch.setattr(trash.projects_empty, "__kwdefaults__", {"most": 2})
    told = [api.delete(PROJECTS).json() for _ in range(2)]
    assert told == [{"deleted": 2, "has_more": True}, {"deleted": 1, "has_more": False}]


def test_what_is_gone_is_told_when_one_could_not_be_deleted(
    api: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_thrown_project(owner)
    broken, _ = a_thrown_project(owner)

    def some(**words: Any) -> bool:
        if words["project"].pk == broken.pk:
            raise OSError("the disk is away")
        return project_purge(**words)

    monkeypatch.setattr(trash, "project_purge", some)
    assert api.delete(PROJECTS).status_code == 500
    assert AuditEntry.objects.get(action="trash.projects_emptied").detail["deleted"] == 1


def test_only_who_may_write_empties_the_trash_of_projects(settings: Settings) -> None:
    accounts(settings)
    ada = person("ada")
    a_thrown_project(ada)
    assert program(ada, "read").delete(PROJECTS).status_code == 403
    assert session(person("bob", is_staff=True)).delete(PROJECTS).json()["deleted"] == 0
    assert session(ada).delete(PROJECTS).json()["deleted"] == 1
