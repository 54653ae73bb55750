"""How a call that starts long work is told on the OpenAPI page: its body, its 202, and its 200 after a wait."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from generation.api import examples
from generation.api.answers import JobSerializer, Shape

View = TypeVar("View", bound=Callable[..., Any])


class PromisedVideoSerializer(JobSerializer):
    """The job, and the id its video will have."""

    video_id = serializers.UUIDField()


class PromisedAudioSerializer(JobSerializer):
    """The job, and the id its cut will have."""

    audio_id = serializers.UUIDField()


class PromisedImageSerializer(Shape):
    """The id a picture will have."""

    id = serializers.UUIDField()


class PromisedImagesSerializer(JobSerializer):
    """The job, and the ids its pictures will have, in the order asked."""

    images = PromisedImageSerializer(many=True)


class PromisedScenesSerializer(JobSerializer):
    """The job, and the id its writing will have."""

    generation_id = serializers.UUIDField()


def long_work(
    *,
    name: str,
    takes: type[Shape],
    promises: type[JobSerializer],
    gives: type[Shape],
    asked: dict[str, Any],
    reserved: dict[str, Any],
    result: dict[str, Any],
) -> Callable[[View], View]:
    """Describe a POST: `asked`, `reserved` and `result` are its examples, one music video's worth of them."""
    job = {**examples.JOB_DATA, "kind": name, "result": reserved, **reserved}
    return extend_schema(
        request=takes,
        responses={
            202: OpenApiResponse(promises, "The work has begun, or waits for its turn."),
            200: OpenApiResponse(gives, "The result, for a client that waited long enough."),
        },
        examples=[
            examples.body("What is asked", asked),
            examples.answer("The job", job, "202"),
            examples.answer("The result", result, "200"),
        ],
    )
