"""The order of scenes: insert, split, reorder, remove, bring back."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation import events
from generation.models import Project, Scene
from generation.selectors import scenes_of
from generation.services.projects import project_changed, project_lock
from generation.services.scenes import scene_changed, version_add
from mvsite.common.errors import UserError


def scene_add(
    *,
    project: Project,
    index: int | None = None,
    description: str = "",
    negative_description: str = "",
    source: str = "edited",
) -> Scene:
    """Insert a scene at `index` (at the end without one); later scenes move up by one."""
    with transaction.atomic():
        project_lock(project=project)
        count = scenes_of(project).count()
        place = count if index is None else min(index, count)
        _renumber(project, [scene.pk for scene in scenes_of(project)], hole_at=place)
        scene = Scene.objects.create(owner=project.owner, project=project, index=place)
        if description:
            version_add(scene=scene, description=description, negative_description=negative_description, source=source)
        scene_changed(scene=scene)
        _order_changed(project)
    return scene


def scene_split(*, scene: Scene) -> Scene:
    """Put a copy of a scene's text right behind it, as a scene of its own; returns the new scene."""
    if scene.project is None or scene.current is None:
        raise UserError("user:project:incomplete", "Only a written scene of a project can be split.")
    text = scene.current
    return scene_add(
        project=scene.project,
        index=scene.index + 1,
        description=text.description,
        negative_description=text.negative_description,
        source="split",
    )


def scenes_reorder(*, project: Project, scene_ids: Sequence[uuid.UUID]) -> None:
    """Put the scenes of a project in this order; every kept scene must be named once. Raises user:request:invalid."""
    with transaction.atomic():
        project_lock(project=project)
        known = {scene.pk for scene in scenes_of(project)}
        if len(scene_ids) != len(known) or set(scene_ids) != known:
            raise UserError("user:request:invalid", "Name every scene of the project exactly once.")
        _renumber(project, list(scene_ids))
        _order_changed(project)


def scene_trash(*, scene: Scene) -> Scene:
    """Move a scene to the trash; later scenes move down by one."""
    with transaction.atomic():
        _lock_with_project(scene)
        scene.trashed_at = scene.trashed_at or timezone.now()
        scene.save(update_fields=["trashed_at", "updated_at"])
        if scene.project is None:
            return scene
        # All rows of scenes before the feed's: who edits one of them holds it and waits for the feed.
        _renumber(scene.project, [each.pk for each in scenes_of(scene.project)])
        scene_changed(scene=scene)
        _order_changed(scene.project)
    return scene


def scene_restore(*, scene: Scene) -> Scene:
    """Take a scene out of the trash, to its old place where that still exists."""
    with transaction.atomic():
        _lock_with_project(scene)
        if scene.trashed_at is not None and scene.project is not None:
            order = [each.pk for each in scenes_of(scene.project)]
            order.insert(min(scene.index, len(order)), scene.pk)
            # It must not take a number twice for a moment: out of the trash with a number beyond all others.
            scene.index = len(order) + Scene.objects.filter(project=scene.project).count()
            scene.trashed_at = None
            scene.save(update_fields=["trashed_at", "index", "updated_at"])
            _renumber(scene.project, order)
            _order_changed(scene.project)
        scene.trashed_at = None
        scene.save(update_fields=["trashed_at", "updated_at"])
        scene.refresh_from_db()
        scene_changed(scene=scene)
    return scene


def _lock_with_project(scene: Scene) -> None:
    """Lock the project, then the scene as it is by now: somebody else may have been faster."""
    if scene.project is not None:
        project_lock(project=scene.project)
    now = Scene.objects.select_for_update(no_key=True).filter(pk=scene.pk).values("trashed_at", "index").first()
    if now is None:
        raise UserError("user:request:not_found")
    scene.trashed_at, scene.index = now["trashed_at"], now["index"]


def _renumber(project: Project, order: list[uuid.UUID], *, hole_at: int | None = None) -> None:
    """Number the kept scenes in this order, leaving `hole_at` free; first out of the way, since numbers are unique."""
    kept = Scene.objects.filter(project=project, trashed_at=None)
    kept.update(index=F("index") + 10_000)
    for place, pk in enumerate(order):
        number = place + 1 if hole_at is not None and place >= hole_at else place
        Scene.objects.filter(pk=pk).update(index=number)


def _order_changed(project: Project) -> None:
    order = [str(scene.pk) for scene in scenes_of(project)]
    events.record("scenes.reordered", stream=project.pk, data={"ids": order})
    project_changed(project=Project.objects.get(pk=project.pk))
