"""What the API answers, as the OpenAPI page tells it; the selectors build the answers themselves."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer, inline_serializer
from rest_framework import serializers

from generation.api import examples
from generation.choices import CutBy, JobKind, JobState, ProjectMode
from generation.models import SceneVersion

ANY = {"type": "object", "additionalProperties": True}
Shape = serializers.Serializer[Any]


@extend_schema_field(ANY)
class AnyObject(serializers.JSONField):
    """A JSON object that is described in words."""


class JobUrlsSerializer(Shape):
    """Where a job is read, followed, canceled and retried."""

    self = serializers.CharField()
    events = serializers.CharField()
    cancel = serializers.CharField()
    retry = serializers.CharField()


class WaitingForSerializer(Shape):
    """Why a job does not work now: it waits for a `worker`, `no_worker` comes, a `place` at the provider, a `retry`.

    `ahead` is how many stand before it (null in events), `seconds` when it goes on by itself.
    """

    reason = serializers.ChoiceField(choices=["worker", "no_worker", "place", "retry"])
    ahead = serializers.IntegerField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)


@extend_schema_serializer(examples=examples.JOB)
class JobSerializer(Shape):
    """One piece of long work. `result` is the body of the call's table; before success only the reserved ids.

    `eta_range_seconds`: the time left at best and at worst, from the last jobs of its kind here; `overdue`: it takes
    much longer; at `deadline_at` it is given up. `automatic`: a film that began by itself and gives way to one asked
    for. `error`: a problem, with the `request_id` of what asked for it last. `cost_usd`: billed so far, its parts too.
    """

    id = serializers.UUIDField()
    parent_id = serializers.UUIDField(allow_null=True)
    kind = serializers.ChoiceField(choices=JobKind.choices)
    state = serializers.ChoiceField(choices=JobState.choices)
    stage = serializers.CharField()
    progress = serializers.FloatField()
    eta_seconds = serializers.IntegerField(allow_null=True)
    eta_range_seconds = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    waiting_for = WaitingForSerializer(allow_null=True)
    overdue = serializers.BooleanField()
    automatic = serializers.BooleanField()
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    deadline_at = serializers.DateTimeField()
    estimated_cost_usd = serializers.CharField()
    cost_usd = serializers.CharField()
    provider = serializers.CharField()
    model = serializers.CharField()
    parameters_not_sent = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    number_of_scenes = serializers.IntegerField(allow_null=True)
    attempts = serializers.IntegerField()
    project_id = serializers.UUIDField(allow_null=True)
    scene_id = serializers.UUIDField(allow_null=True)
    result = AnyObject()
    error = AnyObject(allow_null=True)
    cancel_requested = serializers.BooleanField()
    urls = JobUrlsSerializer()


class TakeSerializer(Shape):
    """One clip shot for a scene; `stale` when something it was made from has changed since, `stale_reasons` names it.

    `song_start` is the second of the song at which a lip-synced take was sung.
    """

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    video_id = serializers.UUIDField()
    video_url = serializers.CharField()
    poster_url = serializers.CharField(allow_null=True)
    duration = serializers.FloatField()
    version_id = serializers.UUIDField(allow_null=True)
    source_take_id = serializers.UUIDField(allow_null=True)
    stale = serializers.BooleanField()
    stale_reasons = serializers.ListField(child=serializers.ChoiceField(choices=["text", "portrait", "song"]))
    song_start = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    is_mock = serializers.BooleanField()


@extend_schema_serializer(examples=examples.SCENE)
class SceneSerializer(Shape):
    """A scene with its text and takes; `index` counts from 0, `selected_at` is when the take was chosen by a person.

    `version_at` is when its text was written or edited. In the trash `index` is the place it had, and `trashed_at` is
    when it was removed.
    """

    id = serializers.UUIDField()
    project_id = serializers.UUIDField(allow_null=True)
    index = serializers.IntegerField()
    description = serializers.CharField()
    negative_description = serializers.CharField()
    version = serializers.IntegerField()
    version_id = serializers.UUIDField(allow_null=True)
    version_at = serializers.DateTimeField(allow_null=True)
    takes = TakeSerializer(many=True)
    selected_take_id = serializers.UUIDField(allow_null=True)
    selected_video_id = serializers.UUIDField(allow_null=True)
    selected_at = serializers.DateTimeField(allow_null=True)
    trashed = serializers.BooleanField()
    trashed_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(examples=examples.VERSION)
class VersionSerializer(serializers.ModelSerializer[SceneVersion]):
    """One text of a scene."""

    class Meta:
        model = SceneVersion
        fields = ["id", "number", "description", "negative_description", "source", "created_at"]


class SpanSerializer(Shape):
    """Where a scene lies in the film, in seconds; a scene that is shown again has another span."""

    scene_id = serializers.UUIDField()
    start = serializers.FloatField()
    end = serializers.FloatField()


class TimelineSerializer(Shape):
    """The film as it would be cut now: its length in seconds, and its spans, which tile it."""

    seconds = serializers.FloatField()
    spans = SpanSerializer(many=True)


@extend_schema_serializer(examples=examples.PROJECT)
class ProjectSerializer(Shape):
    """One music video in the making; `timeline` is null while its song has not been listened to yet.

    `trashed_scenes` is how many of its scenes are in the trash.
    """

    id = serializers.UUIDField()
    title = serializers.CharField()
    mode = serializers.ChoiceField(choices=ProjectMode.choices)
    idea = serializers.CharField()
    character_description = serializers.CharField()
    character_reference_id = serializers.UUIDField(allow_null=True)
    product_image_id = serializers.UUIDField(allow_null=True)
    audio_id = serializers.UUIDField(allow_null=True)
    config_flavor = serializers.CharField()
    number_of_scenes = serializers.IntegerField(allow_null=True)
    cut_by = serializers.ChoiceField(choices=CutBy.choices)
    target_duration = serializers.CharField()
    timeline = TimelineSerializer(allow_null=True)
    seed = serializers.IntegerField(allow_null=True)
    scene_ids = serializers.ListField(child=serializers.UUIDField())
    trashed_scenes = serializers.IntegerField()
    final_video_id = serializers.UUIDField(allow_null=True)
    final_video_url = serializers.CharField(allow_null=True)
    final_stale = serializers.BooleanField()
    cost_usd = serializers.CharField()
    favourite = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())
    trashed = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(examples=examples.SNAPSHOT)
class SnapshotSerializer(ProjectSerializer):
    """A project with its scenes, and the cursor from which its event feed goes on."""

    scenes = SceneSerializer(many=True)
    cursor = serializers.IntegerField()


# `data` is a word of serializers themselves, so this one cannot be written as a class.
EventSerializer = inline_serializer(
    "Event", {"id": serializers.IntegerField(), "kind": serializers.CharField(), "data": AnyObject()}, many=True
)


@extend_schema_serializer(examples=examples.FEED)
class FeedSerializer(Shape):
    """What happened after the cursor that was asked with."""

    cursor = serializers.IntegerField()
    events = EventSerializer


class WrittenSceneSerializer(Shape):
    """A scene as it was written."""

    id = serializers.UUIDField()
    index = serializers.IntegerField()
    description = serializers.CharField()
    negative_description = serializers.CharField()


class ScenesResultSerializer(Shape):
    """Result of `create_scenes`; `output_files` are URLs that stay valid."""

    generation_id = serializers.UUIDField()
    scenes = WrittenSceneSerializer(many=True)
    output_files = serializers.DictField(child=serializers.CharField())
    metadata = AnyObject()


class PortraitSerializer(Shape):
    """One picture: storage key, and its address in the cloud when it is there."""

    id = serializers.UUIDField()
    path = serializers.CharField()
    cloud_url = serializers.CharField(allow_null=True)


class PortraitsResultSerializer(Shape):
    """Result of `generate_character_reference`: pictures in the order asked, failed ones left out."""

    images = PortraitSerializer(many=True)
    metadata = AnyObject()


class FilmResultSerializer(Shape):
    """Result of `generate_video`, `lipsync` and `stitch-videos`; `video_path` is the storage key."""

    video_id = serializers.UUIDField()
    video_path = serializers.CharField()
    video_url = serializers.CharField()
    metadata = AnyObject()
    character_reference_warning = serializers.CharField(allow_null=True, required=False)
    audio_overlay_applied = serializers.BooleanField(required=False)
    audio_overlay_warning = serializers.CharField(allow_null=True, required=False)


class CutResultSerializer(Shape):
    """Result of `audio/trim`; `duration` in seconds."""

    audio_id = serializers.UUIDField()
    audio_path = serializers.CharField()
    audio_url = serializers.CharField()
    original_audio_id = serializers.UUIDField(required=False)
    start_at = serializers.FloatField(required=False)
    duration = serializers.FloatField()
    file_size_bytes = serializers.IntegerField()
    metadata = AnyObject()


@extend_schema_serializer(examples=examples.SCENE_GENERATION)
class SceneGenerationSerializer(ScenesResultSerializer):
    """One writing of scenes, kept."""

    id = serializers.UUIDField()
    project_id = serializers.UUIDField(allow_null=True)
    idea = serializers.CharField()
    character_description = serializers.CharField()
    config_flavor = serializers.CharField()
    created_at = serializers.DateTimeField()


class InfoSerializer(Shape):
    """What is known about one kept file; `duration` in seconds, null for a picture."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    owner = serializers.UUIDField()
    title = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    mime = serializers.CharField()
    path = serializers.CharField()
    cloud_url = serializers.CharField(allow_null=True)
    signed_url = serializers.CharField()
    file_size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    duration = serializers.FloatField(allow_null=True)
    width = serializers.IntegerField(required=False)
    height = serializers.IntegerField(required=False)
    fps = serializers.FloatField(required=False)
    has_audio = serializers.BooleanField(required=False)
    original_audio_id = serializers.UUIDField(required=False, allow_null=True)
    description = serializers.CharField(required=False)
    is_mock = serializers.BooleanField()
    metadata = AnyObject()
