"""`POST /api/mv/estimate`: what calls would cost, before any of them is made."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.api import examples, examples_providers
from generation.api.answers import Shape
from generation.api.bodies import ProjectRequestSerializer, RunRequestSerializer
from generation.api.calls import CLIP, PORTRAIT, check_parameters, fill_from_scene
from generation.api.fields import an_id, yes_no
from generation.api.finding import named, owner_of
from generation.api.incoming import REFERENCES
from generation.api.projects import project_fields
from generation.api.requests import (
    ClipRequestSerializer,
    DownloadRequestSerializer,
    LipSyncRequestSerializer,
    PortraitsRequestSerializer,
    ScenesRequestSerializer,
    StitchRequestSerializer,
    TrimRequestSerializer,
    fail_over,
)
from generation.api.resources import checked
from generation.api.usage import BudgetSerializer
from generation.models import Job, Project, Scene
from generation.services.choosing import Offer
from generation.services.clips import clip_offer
from generation.services.estimates import Line, estimate, project_lines, retry_line
from generation.services.lipsync import USUAL_SECONDS, clip_seconds, lipsync_offer, scene_lipsync_offer
from generation.services.portraits import portraits_offer
from generation.services.references import character_or_warning
from generation.services.writing import scene_offer, scenes_offer
from mvsite.accounts.models import User
from mvsite.common.bodies import RequestSerializer
from mvsite.common.idempotency import once

_MOST_CALLS = 200
_BY_URL = "a picture that comes by URL"


class SceneOnlySerializer(RequestSerializer):
    """Body of a scene's `regenerate` in an estimate: the scene."""

    scene_id = an_id(needed=True)


class RunEstimateSerializer(RunRequestSerializer):
    """Body of a project's `run` in an estimate: the run's own, and the project, or what one would be made with."""

    project_id = an_id()
    project = ProjectRequestSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Need one of the two."""
        if (attrs.get("project_id") is None) == ("project" not in attrs):
            raise ValidationError(
                {"project_id": serializers.ErrorDetail("Give project_id or project.", code="required")}
            )
        return attrs


class RetryEstimateSerializer(RequestSerializer):
    """Body of a job's `retry` in an estimate: the job."""

    job_id = an_id(needed=True)


def _scenes(owner: User, body: Any) -> list[Offer]:
    words = body.given
    project = _project(owner, words.get("project_id"))
    parameters = body.parameters()
    check_parameters(parameters, words.get("config_flavor") or getattr(project, "config_flavor", None))
    taken = {name: words.get(name) for name in ("number_of_scenes", "config_flavor", "seed", "fail_over")}
    return [scenes_offer(project=project, parameters=parameters, **taken)]


def _portraits(owner: User, body: Any) -> list[Offer]:
    words = body.given
    parameters = {name: words[name] for name in PORTRAIT if name in words}
    taken = {name: words[name] for name in ("num_images", "config_flavor") if name in words}
    return [portraits_offer(parameters=parameters, project=_project(owner, words.get("project_id")), **taken)]


def _clip(owner: User, body: Any) -> list[Offer]:
    words = body.given
    scene = _scene(owner, words.get("scene_id"))
    if scene is not None:
        fill_from_scene(words, scene, asked_for_reference=any(name in body.initial_data for name in REFERENCES))
    known, _ = character_or_warning(owner=owner, reference_id=words.get("character_reference_id"))
    by_url = not words.get("character_reference_id") and any(words.get(name) for name in REFERENCES)
    pictured = str(known.pk) if known else _BY_URL if by_url else None
    parameters = {name: words[name] for name in CLIP if name in words}
    return [clip_offer(parameters=parameters, pictured=pictured, scene=scene, config_flavor=words.get("config_flavor"))]


def _lipsync(owner: User, body: Any) -> list[Offer]:
    words = body.given
    scene, flavor = _scene(owner, words.get("scene_id")), words.get("config_flavor")
    if scene is not None and not {"video_id", "video_url"} & words.keys():
        return [scene_lipsync_offer(scene=scene, named=words, config_flavor=flavor)]
    seconds = clip_seconds(owner=owner, video_id=words["video_id"]) if "video_id" in words else USUAL_SECONDS
    project = scene.project if scene else None
    return [lipsync_offer(seconds=seconds, named=words, config_flavor=flavor, project=project)]


def _regenerate(owner: User, body: Any) -> list[Offer]:
    return [scene_offer(scene=named(Scene.objects.for_user(owner).kept(), body.given["scene_id"], "The scene"))]


def _run(owner: User, body: Any) -> list[Offer]:
    words = body.given
    project = _project(owner, words.get("project_id")) or Project(
        owner=owner, **project_fields(owner, words["project"])
    )
    return [line.offer for line in project_lines(project, call="run", named=body.given) if line.offer]


def _nothing(owner: User, body: Any) -> list[Offer]:
    """What this machine does itself costs nothing."""
    return []


def _retry(owner: User, body: Any) -> list[Line]:
    return [retry_line(named(Job.objects.for_user(owner), body.given["job_id"], "The job"))]


def _project(owner: User, project_id: Any) -> Project | None:
    found: Project | None = named(Project.objects.for_user(owner).kept(), project_id, "The project")
    return found


def _scene(owner: User, scene_id: Any) -> Scene | None:
    found: Scene | None = named(Scene.objects.for_user(owner).kept(), scene_id, "The scene")
    return found


CALLS: dict[str, tuple[type[RequestSerializer], Callable[[User, Any], Sequence[Offer | Line]]]] = {
    "create_scenes": (ScenesRequestSerializer, _scenes),
    "regenerate": (SceneOnlySerializer, _regenerate),
    "generate_character_reference": (PortraitsRequestSerializer, _portraits),
    "generate_video": (ClipRequestSerializer, _clip),
    "lipsync": (LipSyncRequestSerializer, _lipsync),
    "run": (RunEstimateSerializer, _run),
    "retry": (RetryEstimateSerializer, _retry),
    "stitch-videos": (StitchRequestSerializer, _nothing),
    "audio/trim": (TrimRequestSerializer, _nothing),
    "audio/download": (DownloadRequestSerializer, _nothing),
}


class EstimateCallSerializer(RequestSerializer):
    """One call: its name, and the body that it would be sent."""

    call = serializers.ChoiceField(choices=list(CALLS))
    body = serializers.DictField(required=False)


@extend_schema_serializer(
    examples=[examples.body("A clip, and the rest of a project", examples_providers.ESTIMATE_ASKED)]
)
class EstimateRequestSerializer(RequestSerializer):
    """Body of `estimate`: calls, a project that shall be finished, or both."""

    calls = serializers.ListField(child=EstimateCallSerializer(), required=False, max_length=_MOST_CALLS)
    project_id = an_id()
    lipsync = yes_no()
    fail_over = fail_over()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Need something to estimate."""
        if not attrs.get("calls") and attrs.get("project_id") is None:
            raise ValidationError({"calls": serializers.ErrorDetail("Name calls or a project.", code="required")})
        return attrs


class StandInSerializer(Shape):
    """Who may take over, and its price for one."""

    provider = serializers.CharField()
    model = serializers.CharField()
    usd = serializers.CharField()


class EstimateLineSerializer(Shape):
    """Equal parts of one call together: who would make them, for how much, and what would not be sent."""

    call = serializers.CharField()
    kind = serializers.CharField(allow_null=True)
    provider = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    times = serializers.IntegerField()
    clip_seconds = serializers.IntegerField(allow_null=True)
    unit_price_usd = serializers.CharField()
    usd = serializers.CharField()
    most_usd = serializers.CharField()
    typical_seconds = serializers.FloatField(allow_null=True)
    parameters_not_sent = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    stand_ins = StandInSerializer(many=True)


@extend_schema_serializer(examples=examples_providers.ESTIMATE)
class EstimateSerializer(Shape):
    """`estimated_cost_usd` is what the jobs will say; `most_usd`, above which nothing goes, is what is confirmed.

    `over_budget`: a budget that stops has less left than that. `budgets`: the user's, today's, the projects' concerned.
    """

    lines = EstimateLineSerializer(many=True)
    estimated_cost_usd = serializers.CharField()
    most_usd = serializers.CharField()
    confirm_above_usd = serializers.CharField()
    needs_confirmation = serializers.BooleanField()
    budgets = BudgetSerializer(many=True)
    over_budget = serializers.BooleanField()


class EstimateView(APIView):
    """`POST /api/mv/estimate`."""

    max_json_bytes = 16 * 1024 * 1024  # as for a clip, whose body may hold a picture

    @extend_schema(request=EstimateRequestSerializer, responses=EstimateSerializer)
    def post(self, request: Request) -> Response:
        """Say what calls would cost, and finishing a project; nothing is started, fetched or kept."""
        owner = owner_of(request)
        words = checked(EstimateRequestSerializer, request).given
        return once(request, lambda: Response(_estimated(owner, words)))


def _estimated(owner: User, words: Mapping[str, Any]) -> dict[str, Any]:
    lines = [line for place, call in enumerate(words.get("calls", ())) for line in _lines(owner, place, call)]
    project = _project(owner, words.get("project_id"))
    if project is not None:
        lines += project_lines(project, call="run", with_lipsync=words.get("lipsync", False), named=words)
    return estimate(lines, owner=owner)


def _lines(owner: User, place: int, call: Mapping[str, Any]) -> list[Line]:
    kind, offers_of = CALLS[call["call"]]
    body = kind(data=call.get("body", {}))
    try:
        body.is_valid(raise_exception=True)
        offers = offers_of(owner, body)
    except ValidationError as wrong:
        raise ValidationError({"calls": {str(place): {"body": wrong.detail}}}) from None
    payer = _payer(owner, body.given)
    lines = [offer if isinstance(offer, Line) else Line(call["call"], offer, payer) for offer in offers]
    return lines or [Line(call["call"])]


def _payer(owner: User, words: Mapping[str, Any]) -> uuid.UUID | None:
    """Name the project that the call's job would belong to, whose budget it needs."""
    if words.get("project_id"):
        return uuid.UUID(str(words["project_id"]))
    scene = _scene(owner, words.get("scene_id"))
    return scene.project_id if scene else None
