"""Request bodies: limits, values and names are checked before anything happens, each with its pointer."""

import uuid
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from generation.api.requests import (
    ClipRequestSerializer,
    LipSyncRequestSerializer,
    PortraitsRequestSerializer,
    ScenesRequestSerializer,
    StitchRequestSerializer,
    TrimRequestSerializer,
)
from mvsite.common.bodies import RequestSerializer
from mvsite.common.problems import _translate

ID = str(uuid.uuid4())
SCENES = {"idea": "A dance on the roof", "character_description": "A singer"}
PORTRAITS = {"character_description": "A singer"}
CLIP = {"prompt": "She dances"}
LIPSYNC = {"video_id": ID, "audio_id": ID}
STITCH = {"video_ids": [ID]}
TRIM = {"audio_id": ID}
Kind = type[RequestSerializer]


def pointers(kind: Kind, body: Any) -> list[str]:
    """Return the pointers of what is wrong with a body; none when it is fine."""
    serializer = kind(data=body)
    try:
        serializer.is_valid(raise_exception=True)
    except ValidationError as error:
        return [found.pointer for found in _translate(error).errors]
    return []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (ScenesRequestSerializer, SCENES),
        (ScenesRequestSerializer, {**SCENES, "number_of_scenes": 60, "tempo": "slow", "config_flavor": "mv1"}),
        (ScenesRequestSerializer, {"project_id": ID}),
        (PortraitsRequestSerializer, PORTRAITS),
        (PortraitsRequestSerializer, {**PORTRAITS, "num_images": None, "seed": 0}),
        (ClipRequestSerializer, {**CLIP, "duration": 4, "generate_audio": False, "character_reference_id": "no-id"}),
        (ClipRequestSerializer, {"scene_id": ID}),
        (LipSyncRequestSerializer, LIPSYNC),
        (LipSyncRequestSerializer, {"video_url": "https://x.example/v", "audio_url": "https://x.example/a"}),
        (LipSyncRequestSerializer, {"scene_id": ID}),
        (StitchRequestSerializer, {"video_ids": [ID] * 200, "audio_overlay_id": 5, "transition": "crossfade"}),
        (StitchRequestSerializer, {**STITCH, "audio_tracks": [{"audio_id": ID, "start": 1.5, "volume": 0.5}]}),
        (TrimRequestSerializer, {**TRIM, "start_at": 0}),
    ],
)
def test_good_bodies_pass(kind: Kind, body: dict[str, Any]) -> None:
    assert pointers(kind, body) == []


@pytest.mark.parametrize(
    ("kind", "body", "pointer"),
    [
        (ScenesRequestSerializer, {**SCENES, "idea": ""}, "#/idea"),
        (ScenesRequestSerializer, {**SCENES, "idea": "   "}, "#/idea"),
        (ScenesRequestSerializer, {**SCENES, "idea": "word " * 10_000}, "#/idea"),
        (ScenesRequestSerializer, {**SCENES, "idea": "\x00"}, "#/idea"),
        (ScenesRequestSerializer, {**SCENES, "idea": {"a": 1}}, "#/idea"),
        (ScenesRequestSerializer, {"idea": "x"}, "#/character_description"),
        (ScenesRequestSerializer, {**SCENES, "number_of_scenes": 0}, "#/number_of_scenes"),
        (ScenesRequestSerializer, {**SCENES, "number_of_scenes": 200}, "#/number_of_scenes"),
        (ScenesRequestSerializer, {**SCENES, "number_of_scenes": "many"}, "#/number_of_scenes"),
        (ScenesRequestSerializer, {**SCENES, "audio_id": "song"}, "#/audio_id"),
        (ScenesRequestSerializer, {**SCENES, "not a name": 1}, "#/not a name"),
        (PortraitsRequestSerializer, {}, "#/character_description"),
        (PortraitsRequestSerializer, {**PORTRAITS, "num_images": 0}, "#/num_images"),
        (PortraitsRequestSerializer, {**PORTRAITS, "num_images": 5}, "#/num_images"),
        (PortraitsRequestSerializer, {**PORTRAITS, "aspect_ratio": "2:1"}, "#/aspect_ratio"),
        (PortraitsRequestSerializer, {**PORTRAITS, "seed": -1}, "#/seed"),
        (PortraitsRequestSerializer, {**PORTRAITS, "seed": 2**63}, "#/seed"),
        (PortraitsRequestSerializer, {**PORTRAITS, "num_image": 2}, "#/num_image"),
        (ClipRequestSerializer, {}, "#/prompt"),
        (ClipRequestSerializer, {**CLIP, "duration": 5}, "#/duration"),
        (ClipRequestSerializer, {**CLIP, "backend": "other"}, "#/backend"),
        (ClipRequestSerializer, {**CLIP, "confirm_cost_usd": "NaN"}, "#/confirm_cost_usd"),
        (ClipRequestSerializer, {**CLIP, "scene_id": "x"}, "#/scene_id"),
        (LipSyncRequestSerializer, {"video_id": ID}, "#/audio_id"),
        (LipSyncRequestSerializer, {**LIPSYNC, "start_time": -1}, "#/start_time"),
        (LipSyncRequestSerializer, {**LIPSYNC, "start_time": "nan"}, "#/start_time"),
        (LipSyncRequestSerializer, {**LIPSYNC, "start_time": 1e400}, "#/start_time"),
        (LipSyncRequestSerializer, {**LIPSYNC, "start_time": 8, "end_time": 8}, "#/end_time"),
        (StitchRequestSerializer, {"video_ids": []}, "#/video_ids"),
        (StitchRequestSerializer, {"video_ids": [ID] * 201}, "#/video_ids"),
        (StitchRequestSerializer, {"video_ids": [ID, "x"]}, "#/video_ids/1"),
        (StitchRequestSerializer, {**STITCH, "overlay_volume": 5}, "#/overlay_volume"),
        (StitchRequestSerializer, {**STITCH, "audio_tracks": [{"start": 1}]}, "#/audio_tracks/0/audio_id"),
        (StitchRequestSerializer, {**STITCH, "missing": "ignore"}, "#/missing"),
        (TrimRequestSerializer, {**TRIM, "start_at": -1}, "#/start_at"),
        (TrimRequestSerializer, {**TRIM, "start_at": 1.5}, "#/start_at"),
        (TrimRequestSerializer, {**TRIM, "start_at": 1, "start_ms": 5}, "#/start_ms"),
        (ClipRequestSerializer, [], "#"),
        (ClipRequestSerializer, "text", "#"),
        (ClipRequestSerializer, {**CLIP, "\ud800": 1}, "#/?"),
    ],
)
def test_bad_bodies_are_refused_with_a_pointer(kind: Kind, body: Any, pointer: str) -> None:
    assert pointers(kind, body) == [pointer]


def test_other_members_of_create_scenes_are_parameters_of_the_flavor() -> None:
    serializer = ScenesRequestSerializer(data={**SCENES, "tempo": "slow", "shots": 3})
    serializer.is_valid(raise_exception=True)
    assert serializer.parameters() == {"tempo": "slow", "shots": 3}


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], [None], None, "x" * 2001, "\x00", "\ud800", 1e300])
def test_parameters_are_plain_values(value: Any) -> None:
    serializer = ScenesRequestSerializer(data={**SCENES, "tempo": value})
    serializer.is_valid(raise_exception=True)
    with pytest.raises(ValidationError):
        serializer.parameters()


def test_trim_counts_in_milliseconds() -> None:
    serializer = TrimRequestSerializer(data={**TRIM, "start_at": 3, "end_ms": 4500})
    serializer.is_valid(raise_exception=True)
    assert (serializer.validated_data["start_ms"], serializer.validated_data["end_ms"]) == (3000, 4500)


def test_null_means_not_given() -> None:
    serializer = ClipRequestSerializer(data={**CLIP, "seed": None, "generate_audio": None})
    serializer.is_valid(raise_exception=True)
    assert serializer.given == CLIP
