"""What a scene writer is asked, made from a job's snapshot: the same for the work and for its preview."""

from collections.abc import Mapping
from typing import Any

from assets.models import Audio
from flavors.rules import applicable
from flavors.selectors import ResolvedFlavor, render_scene_prompt
from generation.ports import SceneRequest, SongFacts


def scene_request(*, flavor: ResolvedFlavor, params: Mapping[str, Any]) -> tuple[SceneRequest, list[str]]:
    """Return the request, and a sentence for each rule that cannot hold for so few scenes.

    `params` needs idea, character_description, number_of_scenes, seed, model, audio_id and parameters; only_index and
    avoid ask for one scene anew.
    """
    count = params["number_of_scenes"]
    rules, skipped = applicable(flavor.rules, count)
    song = Audio.objects.filter(pk=params["audio_id"]).first() if params["audio_id"] else None
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
        seconds_each=float(flavor.video_params.get("duration", 8)),
        seed=params["seed"],
        model=params["model"],
        rules=rules,
        parameters={**flavor.parameters, **params["parameters"]},
        song=SongFacts(seconds=song.duration_ms / 1000) if song else None,
        only_index=params.get("only_index"),
        avoid=tuple(params.get("avoid", ())),
    )
    return request, [f"The rule was skipped for {count} scenes: {rule.say}" for rule in skipped]
