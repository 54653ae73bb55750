"""Scenes of one project that several people change at the same moment, and rows that are deleted meanwhile."""

from functools import partial

import pytest
from django.utils import timezone

from generation.models import Project, Scene
from generation.selectors import scenes_of
from generation.services.emptying import project_purge
from generation.services.projects import project_restore, project_trash
from generation.services.scenes import scene_edit
from generation.services.storyboard import scene_add, scene_restore, scene_split, scene_trash
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from tests.support.rows import a_project
from tests.support.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_scenes_are_removed_and_edited_at_once(owner: User) -> None:
    project = a_project(owner)
    for round_ in range(8):
        scenes = [scene_add(project=project, description=f"rain {number}") for number in range(4)]
        first, second, third, fourth = (Scene.objects.get(pk=scene.pk) for scene in scenes)
        at_once(
            partial(scene_trash, scene=first),
            partial(scene_edit, scene=second, description=f"snow {round_}"),
            partial(scene_trash, scene=third),
            partial(scene_edit, scene=fourth, description=f"hail {round_}"),
        )
        kept = list(scenes_of(project))
        assert [scene.index for scene in kept] == list(range(2 * (round_ + 1)))
        assert {scene.pk for scene in kept} >= {second.pk, fourth.pk}
        assert Scene.objects.get(pk=second.pk).current.description == f"snow {round_}"  # type: ignore[union-attr]  # it has one


@pytest.mark.django_db
def test_what_was_deleted_for_good_meanwhile_is_not_found(owner: User) -> None:
    project = a_project(owner, scenes=1)
    (scene,) = scenes_of(project)
    project_trash(project=project)
    before = Project.objects.get(pk=project.pk)
    assert project_purge(project=project, before=timezone.now())
    for again in (partial(project_restore, project=before), partial(project_trash, project=before)):
        with pytest.raises(UserError) as raised:
            again()
        assert raised.value.code == "user:request:not_found"
    for change in (scene_restore, scene_trash):
        with pytest.raises(UserError) as raised:
            change(scene=scene)
        assert raised.value.code == "user:request:not_found"


@pytest.mark.django_db
def test_the_text_of_a_split_scene_says_where_it_comes_from(owner: User) -> None:
    scene = scene_add(project=a_project(owner), description="rain")
    made = scene_split(scene=scene)
    assert made.current is not None
    assert (made.current.source, made.current.description) == ("split", "rain")
