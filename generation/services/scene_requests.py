"""What a scene writer is asked, made from a job's snapshot: the same for the work and for its preview."""

from collections.abc import Mapping
from typing import Any

from assets.models import Audio
from flavors.rules import applicable
from flavors.selectors import ResolvedFlavor, render_scene_prompt
from generation.models import Project
from generation.ports import SceneRequest
from generation.services.song_facts import song_facts
from generation.timeline import USUAL_CLIP


def scene_request(
    *, flavor: ResolvedFlavor, params: Mapping[str, Any], project: Project | None = None, patient: bool = False
) -> tuple[SceneRequest, list[str]]:
    """Return the request, and a sentence for each rule that cannot hold for so few scenes.

    `params` needs idea, character_description, number_of_scenes, seed, model, audio_id and parameters; only_index and
    avoid ask for one scene anew. A song that has not been heard yet is listened to only when `patient`.
    """
    count = params["number_of_scenes"]
    rules, skipped = applicable(flavor.rules, count)
    song = Audio.objects.filter(pk=params["audio_id"]).first() if params["audio_id"] else None
    seconds_each = float(flavor.video_params.get("duration", USUAL_CLIP))
    prompt = render_scene_prompt(
        flavor,
        idea=params["idea"],
        character_description=params["character_description"],
        number_of_scenes=count,
        parameters=params["parameters"],
    )
    request = SceneRequest(
        prompt=prompt,
        idea=params["idea"],
        character_description=params["character_description"],
        count=count,
        seconds_each=seconds_each,
        seed=params["seed"],
        model=params["model"],
        rules=rules,
        parameters={**flavor.parameters, **params["parameters"]},
        song=song_facts(song, project, count=count, clip_seconds=seconds_each, patient=patient),
        only_index=params.get("only_index"),
        avoid=tuple(params.get("avoid", ())),
    )
    return request, [f"The rule was skipped for {count} scenes: {rule.say}" for rule in skipped]
