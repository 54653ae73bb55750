"""Adding takes to scenes."""

import uuid

from django.db.models import Max

from assets.models import Video
from generation.models import Scene, Take
from generation.services.scenes import scene_changed


def take_add(*, scene_id: uuid.UUID, video: Video, version_id: str | None, source: Take | None = None) -> Take:
    """Add a video as the newest take of a scene; in the caller's transaction.

    It counts from now on: whoever asks for a new take wants to see it, so an earlier pick is dropped.
    """
    scene = Scene.objects.select_for_update(no_key=True).get(pk=scene_id)
    last = scene.takes.aggregate(last=Max("number"))["last"] or 0
    take = Take.objects.create(scene=scene, number=last + 1, video=video, version_id=version_id, source=source)
    if scene.selected_id is not None:
        scene.selected = scene.selected_at = None
        scene.save(update_fields=["selected", "selected_at", "updated_at"])
    scene_changed(scene=scene, kind="take.added")
    return take
