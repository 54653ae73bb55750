"""A scene's text and its takes: edit, choose."""

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from generation import events
from generation.models import Project, Scene, SceneVersion
from generation.selectors import scene_data, scene_get, takes_of
from generation.services.projects import project_changed
from mvsite.common.errors import UserError


def scene_edit(
    *, scene: Scene, description: str | None = None, negative_description: str | None = None, source: str = "edited"
) -> Scene:
    """Give a scene new text; the old version stays. The same text again changes nothing."""
    with transaction.atomic():
        now = scene.current
        text = now.description if description is None and now else description or ""
        negative = now.negative_description if negative_description is None and now else negative_description or ""
        if now is None or (text, negative) != (now.description, now.negative_description):
            version_add(scene=scene, description=text, negative_description=negative, source=source)
            scene_changed(scene=scene)
    return scene


def version_add(
    *,
    scene: Scene,
    description: str,
    negative_description: str,
    source: str,
    generation_id: uuid.UUID | None = None,
) -> SceneVersion:
    """Add the next version and make it the current one; inside the caller's transaction."""
    Scene.objects.select_for_update(no_key=True).get(pk=scene.pk)
    last = scene.versions.aggregate(last=Max("number"))["last"] or 0
    scene.current = SceneVersion.objects.create(
        scene=scene,
        number=last + 1,
        description=description,
        negative_description=negative_description,
        source=source,
        generation_id=generation_id,
    )
    scene.save(update_fields=["current", "updated_at"])
    return scene.current


def take_select(*, scene: Scene, video_id: uuid.UUID) -> Scene:
    """Pick the take with this video. Raises user:media:missing when the scene has no such take."""
    with transaction.atomic():
        found = next((take for take in takes_of(scene) if take.video_id == video_id), None)
        if found is None:
            raise UserError("user:media:missing", "This scene has no take with that video.")
        scene.selected = found
        scene.selected_at = timezone.now()
        scene.save(update_fields=["selected", "selected_at", "updated_at"])
        scene_changed(scene=scene)
    return scene


def scene_changed(*, scene: Scene, kind: str = "scene.changed", and_project: bool = True) -> None:
    """Tell the feed what a scene is now; inside the caller's transaction.

    Who changes many scenes tells of the project once, after the last: it is told with all its scenes.
    """
    if scene.project_id is not None:
        events.record(kind, stream=scene.project_id, data=scene_data(scene_get(scene_id=scene.pk)))
        if and_project:
            project_changed(project=Project.objects.get(pk=scene.project_id))
