"""Keeping what a writer wrote: scenes of a project get new versions, or scenes appear for the first time."""

from collections.abc import Sequence
from typing import Any

from generation.models import Project, Scene, SceneGeneration
from generation.ports import SceneDraft
from generation.selectors import scenes_of
from generation.services.projects import project_changed, project_lock
from generation.services.scenes import scene_changed, version_add
from generation.services.storyboard import scene_trash


def scenes_keep(
    *, generation: SceneGeneration, drafts: Sequence[SceneDraft], only_scene: Scene | None = None
) -> list[dict[str, Any]]:
    """Keep the drafts and return `[{id, index, description, negative_description}]`; in the caller's transaction.

    On a project the n-th scene gets the n-th draft as a new version, and scenes beyond the last draft go to the trash.
    """
    project = generation.project
    if (
        project is not None
    ):  # and all its scenes before the feed's row: who edits one of them holds it and waits for that
        project_lock(project=project)
        list(Scene.objects.select_for_update(no_key=True).filter(project=project).order_by("pk").values_list("pk"))
    targets = [only_scene] if only_scene is not None else _targets(generation, project, len(drafts))
    kept = []
    for scene, draft in zip(targets, drafts, strict=False):
        version_add(
            scene=scene,
            description=draft.description,
            negative_description=draft.negative_description,
            source="written",
            generation_id=generation.pk,
        )
        scene_changed(scene=scene, and_project=False)
        kept.append(
            {
                "id": str(scene.pk),
                "index": scene.index,
                "description": draft.description,
                "negative_description": draft.negative_description,
            }
        )
    if project is not None:
        project_changed(project=Project.objects.get(pk=project.pk))
    return kept


def _targets(generation: SceneGeneration, project: Project | None, count: int) -> list[Scene]:
    if project is None:
        return [Scene.objects.create(owner=generation.owner, index=index) for index in range(count)]
    have = list(scenes_of(project))
    for extra in reversed(have[count:]):
        scene_trash(scene=extra)
    new = [Scene.objects.create(owner=project.owner, project=project, index=index) for index in range(len(have), count)]
    return [*have[:count], *new]
