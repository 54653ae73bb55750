"""An editor names what is in the project, and nothing else that its owner has."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.models import Audio, CharacterReference, Video
from generation.models import Job, Member, MemberRole, Project, Scene
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from tests.support.people import accounts, person, session
from tests.support.rows import a_job, a_portrait, a_project, a_song, a_take, a_video

pytestmark = pytest.mark.django_db


class World:
    """A project of Ada's with Ben as its editor, and files of hers inside and outside of it."""

    def __init__(self) -> None:
        self.ada, self.ben = person("ada"), person("ben")
        self.song, self.portrait = a_song(self.ada), a_portrait(self.ada)
        self.project: Project = a_project(self.ada, scenes=1, audio=self.song, character_reference=self.portrait)
        self.scene: Scene = scenes_of(self.project)[0]
        self.take: Video = a_take(self.scene).video
        Member.objects.create(project=self.project, user=self.ben, role=MemberRole.EDIT)
        self.other_song, self.other_portrait, self.private = a_song(self.ada), a_portrait(self.ada), a_video(self.ada)

    def asks(self, who: User, call: str, **body: Any) -> Any:
        """Send one body."""
        return session(who).post(f"/api/mv/{call}", body, format="json")

    def changes(self, who: User, **body: Any) -> int:
        """Change the project; return the status."""
        answer = session(who).patch(f"/api/mv/projects/{self.project.pk}/", body, format="json")
        return int(answer.status_code)


@pytest.fixture
def world(settings: Settings) -> World:
    accounts(settings)
    return World()


def sees(user: User, row: Video | Audio | CharacterReference) -> int:
    kind = {Video: "mv/get_video", Audio: "audio/get", CharacterReference: "mv/get_character_reference"}[type(row)]
    return int(session(user).get(f"/api/{kind}/{row.pk}/info").status_code)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("audio_id", "other_song"),
        ("character_reference_id", "other_portrait"),
        ("product_image_id", "other_portrait"),
    ],
)
def test_an_editor_opens_no_file_by_putting_it_into_the_project(world: World, field: str, kind: str) -> None:
    row = getattr(world, kind)
    assert (world.changes(world.ben, **{field: str(row.pk)}), sees(world.ben, row)) == (404, 404)
    assert (world.changes(world.ada, **{field: str(row.pk)}), sees(world.ben, row)) == (200, 200)
    assert world.changes(world.ben, **{field: str(row.pk)}) == 200  # it is in the project now


def test_an_editor_takes_portraits_that_the_project_made(world: World) -> None:
    made = a_portrait(world.ada)
    a_job(world.ada, project=world.project, reserved_ids=[made.pk])
    assert world.changes(world.ben, character_reference_id=str(made.pk)) == 200
    elsewhere = a_portrait(world.ada)
    a_job(world.ada, project=a_project(world.ada), reserved_ids=[elsewhere.pk])
    assert world.changes(world.ben, character_reference_id=str(elsewhere.pk)) == 404


def test_an_editor_looks_at_the_portraits_that_the_project_made_or_came_with(world: World) -> None:
    made, brought = a_portrait(world.ada), a_portrait(world.ada, metadata={"project_id": str(world.project.pk)})
    a_job(world.ada, project=world.project, reserved_ids=[made.pk])
    elsewhere, other = a_portrait(world.ada), a_project(world.ada)
    a_job(world.ada, project=other, reserved_ids=[elsewhere.pk])
    foreign = a_portrait(person("eve"), metadata={"project_id": str(world.project.pk)})
    named_elsewhere = a_portrait(world.ada, metadata={"project_id": str(other.pk)})
    viewer = person("vic")
    Member.objects.create(project=world.project, user=viewer, role=MemberRole.VIEW)
    assert [sees(world.ben, row) for row in (made, brought)] == [200, 200]
    assert [sees(world.ben, row) for row in (elsewhere, foreign, named_elsewhere)] == [404, 404, 404]
    assert 200 not in [sees(viewer, row) for row in (made, brought)]
    assert sees(viewer, world.portrait) == 200
    CharacterReference.objects.filter(pk=brought.pk).update(trashed_at=timezone.now())
    assert sees(world.ben, brought) == 404
    address = f"/api/mv/characters/{made.pk}/"
    assert session(world.ben).patch(address, {"title": "Mine"}, format="json").status_code == 404
    Member.objects.filter(user=world.ben).delete()
    assert sees(world.ben, made) == 404


def test_an_editors_portrait_is_found_by_its_id_alone(world: World) -> None:
    counts = []
    for more in (1, 4):
        for _ in range(more):
            made = a_portrait(world.ada)
            project = a_project(world.ada)
            Member.objects.create(project=project, user=world.ben, role=MemberRole.EDIT)
            a_job(world.ada, project=project, reserved_ids=[made.pk])
        with CaptureQueriesContext(connection) as asked:
            assert list(CharacterReference.objects.shown_to(world.ben).filter(pk=made.pk)) == [made]
        counts.append(len(asked))
    assert counts == [3, 3]


@pytest.mark.parametrize(
    ("video", "song", "status"),
    [("take", "song", 202), ("private", "song", 404), ("take", "other_song", 404)],
)
def test_a_lipsync_of_an_editor_is_of_the_projects_files(world: World, video: str, song: str, status: int) -> None:
    body = {"video_id": str(getattr(world, video).pk), "audio_id": str(getattr(world, song).pk)}
    answer = world.asks(world.ben, "lipsync", scene_id=str(world.scene.pk), **body)
    assert (answer.status_code, Job.objects.count()) == (status, int(status == 202))
    assert world.asks(world.ada, "lipsync", scene_id=str(world.scene.pk), **body).status_code in {202, 409}


def test_a_lipsync_of_an_editor_waits_for_no_clip_of_another_project(world: World) -> None:
    inside = a_job(world.ada, project=world.project)
    outside = a_job(world.ada)
    told = [
        world.asks(
            world.ben,
            "lipsync",
            scene_id=str(world.scene.pk),
            video_id=job.reserved["video_id"],
            audio_id=str(world.song.pk),
        ).status_code
        for job in (inside, outside)
    ]
    assert told == [202, 404]


@pytest.mark.parametrize("missing", ["fail", "skip"])
def test_a_stitch_of_an_editor_is_of_the_projects_clips(world: World, missing: str) -> None:
    ids = [str(world.take.pk), str(world.private.pk)]
    body = {"project_id": str(world.project.pk), "missing": missing, "video_ids": ids}
    refused = world.asks(world.ben, "stitch-videos", **body)
    assert (refused.status_code, refused.json()["code"], Job.objects.count()) == (404, "user:media:missing", 0)
    assert world.asks(world.ada, "stitch-videos", **body).status_code == 202


def test_songs_of_an_editors_stitch_are_the_projects(world: World) -> None:
    ours, theirs = str(world.song.pk), str(world.other_song.pk)
    answer = world.asks(
        world.ben,
        "stitch-videos",
        project_id=str(world.project.pk),
        video_ids=[str(world.take.pk)],
        audio_overlay_id=theirs,
        audio_tracks=[{"audio_id": theirs}, {"audio_id": ours}],
    )
    params = Job.objects.get().params
    assert (answer.status_code, params["audio_overlay_id"]) == (202, None)
    assert [track["audio_id"] for track in params["audio_tracks"]] == [ours]
    assert params["audio_overlay_warning"]
    assert len(params["warnings"]) == 1


def test_a_clip_and_scenes_of_an_editor_use_the_projects_files(world: World) -> None:
    scene, project = str(world.scene.pk), str(world.project.pk)
    theirs = str(world.other_portrait.pk)
    clip = world.asks(world.ben, "generate_video", scene_id=scene, character_reference_id=theirs)
    params = Job.objects.get().params
    assert (clip.status_code, theirs in str(params)) == (202, False)
    assert params["character_reference_warning"]
    words = {"project_id": project, "idea": "A storm", "character_description": "A singer"}
    asked = [
        world.asks(world.ben, "create_scenes", audio_id=str(song.pk), **words).status_code
        for song in (world.other_song, world.song)
    ]
    assert asked == [404, 202]
