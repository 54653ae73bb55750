"""The calls that start long work on scenes, portraits and clips."""

from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.models import Audio, CharacterReference
from flavors.parameters import parameter_problems
from flavors.selectors import flavor_resolve
from generation.api import examples
from generation.api.answers import FilmResultSerializer, PortraitsResultSerializer, ScenesResultSerializer
from generation.api.documented import (
    PromisedImagesSerializer,
    PromisedScenesSerializer,
    PromisedVideoSerializer,
    long_work,
)
from generation.api.finding import among_of, named, owner_of, payer_of, project_to_change, scene_to_change
from generation.api.incoming import REFERENCES, kept, picture_received
from generation.api.requests import ClipRequestSerializer, PortraitsRequestSerializer, ScenesRequestSerializer
from generation.api.resources import checked
from generation.api.waiting import start_work
from generation.choices import ProjectMode
from generation.models import Job, Project, Scene
from generation.services.clips import clip_request
from generation.services.portraits import portraits_request
from generation.services.references import nameable
from generation.services.writing import scenes_request
from mvsite.accounts.models import User
from mvsite.common.bodies import readable
from mvsite.common.errors import UserError
from mvsite.common.idempotency import is_answered

_WHO = ("backend", "model", "fail_over")
PORTRAIT = (
    *("aspect_ratio", "safety_filter_level", "person_generation", "output_format", "negative_prompt", "seed"),
    *_WHO,
)
CLIP = (
    "prompt",
    "negative_prompt",
    "aspect_ratio",
    "duration",
    "resolution",
    "generate_audio",
    "seed",
    *_WHO,
)


class CreateScenesView(APIView):
    """`POST /api/mv/create_scenes`."""

    @long_work(
        name="scenes",
        takes=ScenesRequestSerializer,
        promises=PromisedScenesSerializer,
        gives=ScenesResultSerializer,
        asked={"idea": examples.IDEA, "character_description": examples.CHARACTER, "number_of_scenes": 4},
        reserved={"generation_id": examples.GENERATION_ID},
        result=examples.WRITTEN,
    )
    def post(self, request: Request) -> Response:
        """Write the scenes of a music video from an idea and a character; any parameter of the flavor may be given."""
        body = checked(ScenesRequestSerializer, request)
        words = body.given
        project = project_to_change(request, words.pop("project_id", None))
        owner = payer_of(request, project)
        songs = nameable(Audio, owner=owner, among=among_of(request, project))
        named(songs, words.get("audio_id"), "The song")
        for name in ("idea", "character_description"):
            words[name] = words.get(name) or getattr(project, name, "")
        if not words["idea"].strip():
            raise UserError("user:project:incomplete", "The project has no idea yet.")
        parameters = body.parameters()
        check_parameters(parameters, words.get("config_flavor") or getattr(project, "config_flavor", None))
        return start_work(request, lambda: scenes_request(owner=owner, project=project, parameters=parameters, **words))


def check_parameters(parameters: dict[str, Any], flavor_name: str | None) -> None:
    """Refuse members that are neither fields nor parameters of the flavor, or of another kind than the flavor's."""
    known = flavor_resolve(name=flavor_name).parameters if parameters else {}
    wrong = parameter_problems(known, parameters)
    if wrong:
        codes = {name: "invalid" if name in known else "unknown" for name in wrong}
        raise ValidationError({readable(name): [ErrorDetail(say, code=codes[name])] for name, say in wrong.items()})


class GenerateCharacterReferenceView(APIView):
    """`POST /api/mv/generate_character_reference`."""

    @long_work(
        name="portraits",
        takes=PortraitsRequestSerializer,
        promises=PromisedImagesSerializer,
        gives=PortraitsResultSerializer,
        asked={"character_description": examples.CHARACTER, "num_images": 1},
        reserved={"images": [{"id": examples.PORTRAIT_ID}]},
        result=examples.PORTRAITS,
    )
    def post(self, request: Request) -> Response:
        """Make one to four portraits of a character; each can be fetched as soon as it exists."""
        words = checked(PortraitsRequestSerializer, request).given
        project = project_to_change(request, words.pop("project_id", None))
        owner = payer_of(request, project)
        parameters = {name: words.pop(name) for name in PORTRAIT if name in words}
        return start_work(
            request, lambda: portraits_request(owner=owner, project=project, parameters=parameters, **words)
        )


class GenerateVideoView(APIView):
    """`POST /api/mv/generate_video`."""

    max_json_bytes = 16 * 1024 * 1024  # a picture may come inside the JSON (deprecated)

    @long_work(
        name="clip",
        takes=ClipRequestSerializer,
        promises=PromisedVideoSerializer,
        gives=FilmResultSerializer,
        asked={"prompt": examples.TEXT, "duration": 8, "character_reference_id": examples.PORTRAIT_ID},
        reserved={"video_id": examples.VIDEO_ID},
        result=examples.VIDEO,
    )
    def post(self, request: Request) -> Response:
        """Make one clip; with `scene_id` it becomes a take of that scene, and the scene's text is the prompt."""
        words = checked(ClipRequestSerializer, request).given
        scene = scene_to_change(request, words.get("scene_id"))
        owner = payer_of(request, scene)
        if scene is not None:
            fill_from_scene(words, scene, asked_for_reference=any(name in request.data for name in REFERENCES))
        picture, warnings = (
            (None, ()) if is_answered(request) else picture_received(asker=owner_of(request), owner=owner, words=words)
        )
        among = among_of(request, scene.project if scene else None)
        return start_work(
            request, lambda: _clip(owner, words, scene, picture, warnings, among=among), brought=(picture,)
        )


def fill_from_scene(words: dict[str, Any], scene: Scene, *, asked_for_reference: bool) -> None:
    """Take from a scene and its project what the request left out: the text, and whose picture it shows."""
    if "prompt" not in words:
        if scene.current is None:
            raise UserError("user:project:incomplete", f"Scene {scene.index + 1} has no text yet.")
        words["prompt"] = scene.current.description
        words.setdefault("negative_prompt", scene.current.negative_description)
    project = scene.project
    if project is not None and not asked_for_reference:
        is_product = project.mode == ProjectMode.PRODUCT
        words["character_reference_id"] = project.product_image_id if is_product else project.character_reference_id


def _clip(
    owner: User,
    words: dict[str, Any],
    scene: Scene | None,
    picture: CharacterReference | None,
    warnings: tuple[str, ...],
    *,
    among: Project | None,
) -> Job:
    return clip_request(
        owner=owner,
        parameters={name: words[name] for name in CLIP if name in words},
        character_reference_id=words.get("character_reference_id"),
        reference_file=kept(picture),
        scene=scene,
        config_flavor=words.get("config_flavor"),
        confirm_cost_usd=words.get("confirm_cost_usd"),
        warnings=warnings,
        among=among,
    )
