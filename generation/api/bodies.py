"""What the resources take: projects, scenes, decisions about jobs."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from generation.api import examples
from generation.api.fields import an_id, choice_of, seed, usd, whole, words
from generation.api.requests import fail_over
from generation.choices import CutBy, ProjectMode
from generation.timeline import LONGEST_TARGET_SECONDS
from mvsite.common.bodies import RequestSerializer
from mvsite.common.tags import LONGEST_TAG, MOST_TAGS

TEXTS = ("title", "idea", "character_description", "config_flavor")


@extend_schema_serializer(
    examples=[
        examples.body(
            "A project", {"title": "Storm dance", "idea": examples.IDEA, "character_description": examples.CHARACTER}
        )
    ]
)
class ProjectRequestSerializer(RequestSerializer):
    """Body of POST and PATCH of a project; every member may be left out, null empties it."""

    title = words(longest=200)
    mode = choice_of(ProjectMode)
    idea = words()
    character_description = words()
    character_reference_id = an_id()
    product_image_id = an_id()
    audio_id = an_id()
    config_flavor = words(longest=64)
    number_of_scenes = whole(1, 60)
    cut_by = choice_of(CutBy)
    target_duration = serializers.CharField(required=False, max_length=16)
    seed = seed()
    favourite = serializers.BooleanField(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), required=False, max_length=MOST_TAGS
    )

    def validate_target_duration(self, value: str) -> str:
        """Take `clips`, `song`, or a number of seconds."""
        if value in {"clips", "song"}:
            return value
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0
        if not 1 <= seconds <= LONGEST_TARGET_SECONDS:
            raise serializers.ValidationError("Give clips, song, or 1 to 900 seconds.")
        return f"{seconds:g}"


@extend_schema_serializer(examples=[examples.body("A price that was agreed to", {"confirm_cost_usd": "9.60"})])
class RunRequestSerializer(RequestSerializer):
    """Body of a project's `run`."""

    confirm_cost_usd = usd()
    fail_over = fail_over()


@extend_schema_serializer(examples=[examples.body("A price that was agreed to", {"confirm_cost_usd": "9.60"})])
class RetrySerializer(RequestSerializer):
    """Body of a job's `retry`."""

    confirm_cost_usd = usd()


class RegenerateRequestSerializer(RunRequestSerializer):
    """Body of a scene's `regenerate`."""


@extend_schema_serializer(
    examples=[
        examples.body(
            "A scene in between", {"project_id": examples.PROJECT_ID, "index": 1, "description": examples.TEXT}
        )
    ]
)
class SceneAddSerializer(RequestSerializer):
    """Body of POST of a scene: where it goes (the end when not said), and its text if there is one yet."""

    project_id = an_id(needed=True)
    index = whole(0, 59)
    description = words()
    negative_description = words()


@extend_schema_serializer(
    examples=[examples.body("A better text", {"description": examples.TEXT, "negative_description": "daylight"})]
)
class SceneEditSerializer(RequestSerializer):
    """Body of PATCH of a scene; the result is a new version."""

    description = serializers.CharField(required=False, max_length=20_000)
    negative_description = words()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn null into the empty text."""
        return {name: value or "" for name, value in attrs.items()}


@extend_schema_serializer(
    examples=[examples.body("A new order", {"project_id": examples.PROJECT_ID, "scene_ids": [examples.SCENE_ID]})]
)
class ReorderSerializer(RequestSerializer):
    """Body of `scenes/reorder`: every scene of the project once, in the new order."""

    project_id = an_id(needed=True)
    scene_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=60)


@extend_schema_serializer(examples=[examples.body("To the front", {"index": 0})])
class MoveSerializer(RequestSerializer):
    """Body of `scenes/{id}/reorder`: the place this scene moves to."""

    index = serializers.IntegerField(min_value=0, max_value=59)


@extend_schema_serializer(examples=[examples.body("The take with this video", {"video_id": examples.VIDEO_ID})])
class SelectTakeSerializer(RequestSerializer):
    """Body of `select_take`."""

    video_id = an_id(needed=True)


class EmptySerializer(RequestSerializer):
    """A POST that needs no body."""


@extend_schema_serializer(examples=[examples.body("Nothing was bought", {"outcome": "not_bought"})])
class ResolveSerializer(RetrySerializer):
    """Body of `resolve`: what a person found out at the provider, and the price that may be spent again."""

    outcome = serializers.ChoiceField(
        choices=[
            ("bought", "Something was bought; end the job."),
            ("not_bought", "Nothing was bought; send it again."),
        ]
    )
