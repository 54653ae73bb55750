"""What people who may only look are told of a project: of its removed scenes that they are gone, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from generation.choices import JobKind
from generation.models import Job, Scene

Told = Mapping[str, Any]
_NO_WORDS: Told = {"description": "", "negative_description": ""}
_NO_TAKES: Told = {"takes": [], "selected_take_id": None, "selected_video_id": None}
_NO_ENDING: Told = {"result": None, "error": None}
_OF_PROJECTS = ("project.changed", "scenes.reordered")
_OF_A_SCENE = (JobKind.CLIP, JobKind.LIPSYNC)


class Veil:
    """Blanks what scenes say that are removed by now; make it after reading, so that none is missed.

    `hidden` are the ids of all that was blanked so far: scenes, and jobs whose drafts are over.
    """

    def __init__(self, project_id: UUID) -> None:
        kept = Scene.objects.filter(project_id=project_id, trashed_at=None).values_list("pk", flat=True)
        self._kept = {str(pk) for pk in kept}
        self.hidden: set[str] = set()

    def events(self, told: Sequence[Told]) -> list[dict[str, Any]]:
        """Return events (`{id, kind, data}`) without the words and films of removed scenes; none is left out."""
        drafts = {event["data"]["job_id"] for event in told if event["kind"] == "scenes.drafted"}
        going_on = Job.objects.filter(pk__in=drafts).active().values_list("pk", flat=True) if drafts else ()
        writing = {str(pk) for pk in going_on}
        return [{**event, "data": self._data(event["kind"], event["data"], writing)} for event in told]

    def job(self, data: Told) -> dict[str, Any]:
        """Return a job (`job_data`) without what came of a removed scene."""
        scene_id = data["scene_id"]
        if scene_id is None and data["kind"] in _OF_A_SCENE:  # which is deleted by now
            self.hidden.add(data["id"])
            return {**data, **_NO_ENDING}
        if self._is_removed(scene_id):
            return {**data, **_NO_ENDING}
        result = data.get("result")
        if not (isinstance(result, dict) and isinstance(result.get("scenes"), list)):
            return dict(data)
        return {**data, "result": {**result, "scenes": [self._written(scene) for scene in result["scenes"]]}}

    def _data(self, kind: str, data: Told, writing: set[str]) -> Told:
        if kind == "scenes.drafted":
            return self._drafted(data, writing)
        if kind.startswith("job."):
            return self.job(data)
        if kind not in _OF_PROJECTS and self._is_removed(data.get("id")):  # a scene, or a take of it
            return {**data, **_NO_WORDS, **_NO_TAKES, "trashed": True}
        return data

    def _drafted(self, data: Told, writing: set[str]) -> Told:
        """Return drafts while they are being written; they name no scenes, which say the same afterwards."""
        if not self._is_removed(data["scene_id"]) and data["job_id"] in writing:
            return data
        self.hidden.add(data["job_id"])
        return {**data, "scenes": []}

    def _written(self, scene: Told) -> Told:
        return {**scene, **_NO_WORDS} if self._is_removed(scene.get("id")) else scene

    def _is_removed(self, scene_id: str | None) -> bool:
        if scene_id is None or scene_id in self._kept:
            return False
        self.hidden.add(scene_id)
        return True
