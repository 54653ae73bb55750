"""Scenes and projects are changed while work on them is ordered and done: both go through, nobody waits in a circle."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from generation import jobs
from generation.choices import JobKind
from generation.models import Event, Project, Scene, SceneGeneration
from generation.ports import SceneDraft
from generation.services import written
from generation.services.projects import project_trash
from generation.services.scenes import scene_changed, scene_edit
from generation.services.storyboard import scene_add, scene_trash, scenes_reorder
from generation.services.takes import take_add
from mvsite.accounts.models import User
from tests.support.rows import a_project, a_video
from tests.support.threads import Middle

pytestmark = pytest.mark.django_db(transaction=True)


def order(scene: Scene, middle: Middle) -> None:
    """Order work for a scene; the database checks what it refers to at the commit, after the feed's row was taken."""
    with transaction.atomic():
        jobs.enqueue(kind=JobKind.SCENES, owner=scene.owner, params={}, project=scene.project, scene=scene)
        middle.pause()


def reorder(scene: Scene) -> None:
    assert scene.project is not None
    kept = Scene.objects.filter(project=scene.project).order_by("-index")
    scenes_reorder(project=scene.project, scene_ids=[each.pk for each in kept])


def add(scene: Scene) -> None:
    assert scene.project is not None
    scene_add(project=scene.project, description="one more")


def trash_all(scene: Scene) -> None:
    assert scene.project is not None
    project_trash(project=scene.project)


@transaction.atomic
def keep_take(scene: Scene) -> None:
    take_add(scene_id=scene.pk, video=a_video(scene.owner), version_id=None)


def edit(scene: Scene) -> None:
    scene_edit(scene=scene, description="mine")


def trash(scene: Scene) -> None:
    scene_trash(scene=scene)


@pytest.mark.parametrize("change", [edit, add, reorder, trash, trash_all, keep_take])
def test_a_scene_changes_while_work_on_it_is_ordered(owner: User, change: Callable[[Scene], None]) -> None:
    scene = Scene.objects.get(project=a_project(owner, scenes=1))
    middle = Middle()
    middle.meet(partial(order, scene, middle), partial(change, scene))
    kinds = list(Event.objects.filter(stream_id=scene.project_id).order_by("number").values_list("kind", flat=True))
    assert kinds[-1] != "job.queued"  # the change is told after the order, for which it waited
    assert "job.queued" in kinds


def write(project: Project) -> None:
    words = {"idea": "i", "character_description": "c", "config_flavor": "default"}
    more: dict[str, Any] = {"negative_description": "", "shot": "wide", "place": "x", "audience": False}
    drafts = [SceneDraft(description=f"new {number}", **more) for number in range(2)]
    with transaction.atomic():
        generation = SceneGeneration.objects.create(owner=project.owner, project=project, **words)
        written.scenes_keep(generation=generation, drafts=drafts)


@pytest.mark.parametrize("change", [edit, trash, keep_take])
def test_a_scene_changes_while_a_writer_writes_all_of_them(
    owner: User, change: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    middle = Middle()

    def slow(**words: Any) -> None:
        scene_changed(**words)
        middle.pause()

    monkeypatch.setattr(written, "scene_changed", slow)
    project = a_project(owner, scenes=2)
    last = Scene.objects.get(project=project, index=1)
    middle.meet(partial(write, project), partial(change, last))
    assert last.versions.filter(description="new 1").exists()
