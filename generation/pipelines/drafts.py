"""Scenes as they are written, in the feed: words to look at; the rows come when the whole answer is kept."""

from collections.abc import Sequence

from generation.jobs import Claim
from generation.models import ProviderCall
from generation.ports import SceneDraft, SceneRequest, Show


def told_by(claim: Claim, call: ProviderCall, request: SceneRequest) -> Show:
    """Give what tells the scenes of one call: `scenes.drafted` in the job's stream, at most one event a scene.

    `attempt` is the number of the call: drafts of another attempt replace all those before, since every answer begins
    anew. The function raises LeaseLost or Stopped.
    """
    job = claim.job
    first = request.only_index or 0
    told = 0

    def show(new: Sequence[SceneDraft]) -> None:
        nonlocal told
        scenes = [
            {"index": index, "description": draft.description, "negative_description": draft.negative_description}
            for index, draft in enumerate(new, start=first + told)
        ]
        told += len(new)
        about = {"job_id": str(job.pk), "generation_id": job.params["generation_id"], "attempt": call.number}
        scene_id = None if job.scene_id is None else str(job.scene_id)
        claim.tell("scenes.drafted", {**about, "scene_id": scene_id, "scenes": scenes})

    return show
