"""A member's export holds what the member reaches by its ids; the owner's holds all."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import Audio, CharacterReference, Video
from generation.models import Member, MemberRole, Project, Scene, Take
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from tests.support.exports import brought_back, exported, project, small_disk, told, wipe
from tests.support.people import accounts, person, session

__all__ = ["project", "small_disk"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def trashed(project: Project) -> Take:
    """Throw the lip-sync of the first scene away."""
    take: Take = scenes_of(project)[0].takes.get(number=2)
    Video.objects.filter(pk=take.video_id).update(trashed_at=timezone.now())
    return take


@pytest.fixture
def member(settings: Settings, project: Project) -> User:
    accounts(settings)
    ben = person("ben")
    Member.objects.create(project=project, user=ben, role=MemberRole.VIEW)
    return ben


def refused(client: APIClient, project: Project, trashed: Take) -> dict[str, int]:
    """Ask for what a member may not have; return the statuses by id."""
    whole = Audio.objects.get(original=None)
    other = CharacterReference.objects.get(description="Other")
    paths = {
        trashed.video_id: f"/api/mv/get_video/{trashed.video_id}",
        other.pk: f"/api/mv/get_character_reference/{other.pk}",
        whole.pk: f"/api/audio/get/{whole.pk}",
    }
    return {str(pk): client.get(path).status_code for pk, path in paths.items()}


def ids_of(manifest: dict[str, Any]) -> set[str]:
    return {file["id"] for file in manifest["files"]}


def test_a_members_export_is_what_the_member_reaches(
    settings: Settings, project: Project, member: User, trashed: Take
) -> None:
    client = session(member)
    kept_from = refused(client, project, trashed)
    assert set(kept_from.values()) <= {404, 409}
    gone = Scene.objects.exclude(trashed_at=None).get()
    content = exported(client, project.pk)
    manifest = told(content)
    assert not ids_of(manifest) & {*kept_from, str(gone.takes.get().video_id)}
    assert {str(project.audio_id), str(project.character_reference_id), str(project.final_video_id)} < ids_of(manifest)
    scenes = {scene["id"]: scene for scene in manifest["scenes"]}
    assert set(scenes) == {str(scene.pk) for scene in scenes_of(project)}
    assert str(trashed.pk) not in {take["id"] for scene in scenes.values() for take in scene["takes"]}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "trash" in name or "before" in name or "portraits/" in name]


def test_an_editors_export_has_the_portraits_to_choose_from(project: Project, member: User) -> None:
    other = CharacterReference.objects.get(description="Other")
    assert str(other.pk) not in ids_of(told(exported(session(member), project.pk)))
    Member.objects.update(role=MemberRole.EDIT)
    assert str(other.pk) in ids_of(told(exported(session(member), project.pk)))


def test_the_owner_is_sent_all_of_it(project: Project, member: User, trashed: Take, owner: User) -> None:
    manifest = told(exported(session(owner), project.pk))
    assert {*refused(session(member), project, trashed)} < ids_of(manifest)
    assert len(manifest["scenes"]) == 3


def test_a_members_export_can_be_imported(
    project: Project, member: User, trashed: Take, data_dir: Path, tmp_path: Path
) -> None:
    content = exported(session(member), project.pk)
    wipe(data_dir)
    assert brought_back(tmp_path, content, owner="ben", strict=True) == []
    made = Project.objects.get()
    assert (made.owner, made.audio_id, made.final_video_id) == (member, project.audio_id, project.final_video_id)
    assert [scene.takes.count() for scene in scenes_of(made)] == [1, 1]
