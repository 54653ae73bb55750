"""Flavors as the API answers them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from flavors.models import ConfigFlavor, FlavorRevision
from flavors.selectors import flavor_at
from mvsite.common.bodies import RequestSerializer

_REVISION = {
    "id": "1f0d3c2b-6a5e-4d7c-8b9a-0c1d2e3f4a21",
    "number": 3,
    "origin": "file",
    "created_at": "2026-11-21T09:00:00Z",
}
_FLAVOR = {
    "id": "2a1e4d3c-7b6f-4e8d-9cab-1d2e3f4a5b22",
    "name": "mv1",
    "title": "Stadium concert",
    "revision": _REVISION,
}
_DETAIL = {
    **_FLAVOR,
    "parameters": {"number_of_scenes": 6, "model": "scenes.default", "venue": "a huge open-air stadium at night"},
    "rules": [
        {
            "id": "wide_shot",
            "say": "At least one scene is a wide shot.",
            "field": "shot",
            "quantity": "some",
            "wanted": ["wide"],
            "needs_scenes": 3,
            "with_words": [],
        }
    ],
    "scene_generation_prompt": "You are the director of a concert film. … {number_of_scenes} scenes …",
    "image_generation_prompt": "Portrait of the lead singer of a band … {character_description}",
    "image_params": {"model": "image.default", "aspect_ratio": "1:1", "output_format": "png"},
    "video_params": {"model": "clip.default", "aspect_ratio": "16:9", "duration": 8, "generate_audio": True},
    "warnings": [],
    "active": True,
    "files": {"parameters.yaml": "title: Stadium concert\nnumber_of_scenes: 6\n…"},
}
_WRITTEN = {
    "name": "noir",
    "files": {"parameters.yaml": "title: Film noir\nstyle: black and white, hard side light, wet streets\n"},
}


@extend_schema_serializer(examples=[OpenApiExample("A revision", _REVISION, response_only=True)])
class FlavorRevisionSerializer(serializers.ModelSerializer[FlavorRevision]):
    """Which of a flavor's revisions it is."""

    class Meta:
        model = FlavorRevision
        fields = ("id", "number", "origin", "created_at")


class FlavorRuleSerializer(serializers.Serializer[Any]):
    """A rule that a set of scenes must meet."""

    id = serializers.CharField()
    say = serializers.CharField(help_text="The sentence the writer reads.")
    field = serializers.CharField()
    quantity = serializers.CharField()
    wanted = serializers.ListField(child=serializers.CharField())
    needs_scenes = serializers.IntegerField(help_text="With fewer scenes the rule is skipped.")
    with_words = serializers.ListField(child=serializers.CharField())


@extend_schema_serializer(examples=[OpenApiExample("A flavor", _FLAVOR, response_only=True)])
class FlavorSerializer(serializers.ModelSerializer[ConfigFlavor]):
    """A flavor in the list."""

    revision = FlavorRevisionSerializer()

    class Meta:
        model = ConfigFlavor
        fields: tuple[str, ...] = ("id", "name", "title", "revision")


class FlavorContentSerializer(serializers.Serializer[Any]):
    """What a flavor says, with its gaps filled."""

    parameters = serializers.DictField(help_text="What a call to create_scenes may change by name.")
    rules = FlavorRuleSerializer(many=True)
    scene_generation_prompt = serializers.CharField(source="scene_prompt")
    image_generation_prompt = serializers.CharField(source="image_prompt")
    image_params = serializers.DictField()
    video_params = serializers.DictField(help_text="duration in seconds")
    warnings = serializers.ListField(child=serializers.CharField(), help_text="What was taken from default.")


@extend_schema_serializer(examples=[OpenApiExample("A flavor with everything it says", _DETAIL, response_only=True)])
class FlavorDetailSerializer(FlavorContentSerializer):
    """One flavor with everything it says: templates, parameters, rules."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField()
    revision = FlavorRevisionSerializer()
    active = serializers.BooleanField(help_text="Whether people may choose it.")
    files = serializers.DictField(child=serializers.CharField(), help_text="The texts as they were written, by file.")

    def to_representation(self, instance: ConfigFlavor) -> dict[str, Any]:
        """Put the row and what its revision says into one body."""
        says = FlavorContentSerializer(flavor_at(revision_id=instance.revision_id, name=instance.name)).data
        files = instance.revision.documents if instance.revision else {}
        return {**FlavorSerializer(instance).data, **says, "active": instance.active, "files": files}


class _Texts(serializers.DictField):
    """Texts by file name, kept to the letter."""

    def __init__(self, *, may_be_null: bool) -> None:
        child = serializers.CharField(trim_whitespace=False, allow_blank=True, allow_null=may_be_null)
        super().__init__(child=child, required=not may_be_null, allow_empty=may_be_null)


@extend_schema_serializer(examples=[OpenApiExample("A flavor of one file", _WRITTEN, request_only=True)])
class FlavorRequestSerializer(RequestSerializer):
    """A new flavor. `files` holds YAML texts by file name; a file that is left out is taken from `default`."""

    name = serializers.CharField(max_length=64)
    files = _Texts(may_be_null=False)


@extend_schema_serializer(examples=[OpenApiExample("One file", {"files": _WRITTEN["files"]}, request_only=True)])
class FlavorChangeSerializer(RequestSerializer):
    """Changes of a flavor: the files named, `null` to take one away. `active`: whether people may choose it."""

    files = _Texts(may_be_null=True)
    active = serializers.BooleanField(required=False)
    revision = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="The number of the revision that was changed: nothing is kept where a newer one is in use by now.",
    )


@extend_schema_serializer(
    examples=[OpenApiExample("The shipped flavors", {"flavors": ["default", "example", "mv1"]}, response_only=True)]
)
class FlavorNamesSerializer(serializers.Serializer[Any]):
    """The names to choose from, `default` first."""

    flavors = serializers.ListField(child=serializers.CharField())
