"""The shapes of the vault's answers and bodies."""

from typing import Any

from rest_framework import serializers

from assets.models import Audio, CharacterReference, Rating, Video
from assets.services.library import BULK_ACTIONS
from assets.shapes import audio_url, character_url, play_url, poster_url, video_url
from mvsite.common.tags import LONGEST_TAG, MOST_TAGS
from mvsite.common.text import TITLE_LENGTH

LIBRARY = ("favourite", "tags", "metadata", "created_at", "updated_at", "trashed_at")


class UploadRequestSerializer(serializers.Serializer[Any]):
    """A form with a file; without a title the file's name is taken. An empty file is told by what reads it."""

    file = serializers.FileField(allow_empty_file=True)
    title = serializers.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True, default="")


class AssetRequestSerializer(serializers.Serializer[Any]):
    """What a person may change about a kept file; what is left out stays."""

    title = serializers.CharField(max_length=TITLE_LENGTH, allow_blank=True, required=False)
    favourite = serializers.BooleanField(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), max_length=MOST_TAGS, required=False, allow_empty=True
    )


class VideoRequestSerializer(AssetRequestSerializer):
    """What a person may change about a video; `rating` is 1 to 5, or 0 for none."""

    rating = serializers.IntegerField(min_value=min(Rating.values), max_value=max(Rating.values), required=False)


class BulkRequestSerializer(serializers.Serializer[Any]):
    """One change to many kept files; `tag` and `untag` need `tags`."""

    action = serializers.ChoiceField(choices=BULK_ACTIONS)
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), max_length=MOST_TAGS, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Need tags for what is about tags."""
        if attrs["action"] in {"tag", "untag"} and not attrs.get("tags"):
            raise serializers.ValidationError({"tags": serializers.ErrorDetail("Name a tag.", code="required")})
        return attrs


class BulkResultSerializer(serializers.Serializer[Any]):
    """How many were changed, and how many of the ids named nothing that could be."""

    changed = serializers.IntegerField()
    not_found = serializers.IntegerField()


class AudioResultSerializer(serializers.Serializer[Any]):
    """What making or uploading a song answers; `duration` in seconds."""

    audio_id = serializers.UUIDField()
    audio_path = serializers.CharField()
    audio_url = serializers.CharField()
    title = serializers.CharField()
    duration = serializers.FloatField()
    file_size_bytes = serializers.IntegerField()
    metadata = serializers.DictField()


class VideoResultSerializer(serializers.Serializer[Any]):
    """What making or uploading a video answers."""

    video_id = serializers.UUIDField()
    video_path = serializers.CharField()
    video_url = serializers.CharField()
    metadata = serializers.DictField()


class CharacterResultSerializer(serializers.Serializer[Any]):
    """What making or uploading a portrait answers."""

    id = serializers.UUIDField()
    path = serializers.CharField()
    cloud_url = serializers.CharField(allow_null=True)


class AudioSerializer(serializers.ModelSerializer[Audio]):
    """A song in the library; `start_ms` and `end_ms` of a cut count from the start of its original."""

    audio_path = serializers.CharField(source="key")
    audio_url = serializers.SerializerMethodField()
    play_url = serializers.SerializerMethodField()
    duration = serializers.SerializerMethodField()
    file_size_bytes = serializers.IntegerField(source="size_bytes")
    original_audio_id = serializers.UUIDField(allow_null=True, source="original_id")

    class Meta:
        model = Audio
        fields = (
            "id", "title", "audio_path", "audio_url", "play_url", "mime", "duration", "file_size_bytes",
            "sample_rate", "channels", "codec", "source", "original_audio_id", "start_ms", "end_ms", *LIBRARY,
        )  # fmt: skip
        read_only_fields = fields

    def get_play_url(self, audio: Audio) -> str:
        """Give the address for a player: where not every browser plays the song, its MP3."""
        return play_url(audio)

    def get_audio_url(self, audio: Audio) -> str:
        """Give the address it is played from."""
        return audio_url(audio)

    def get_duration(self, audio: Audio) -> float:
        """Give seconds."""
        return audio.duration_ms / 1000


class VideoSerializer(serializers.ModelSerializer[Video]):
    """A video in the library."""

    video_path = serializers.CharField(source="key")
    video_url = serializers.SerializerMethodField()
    poster_url = serializers.SerializerMethodField()
    duration = serializers.SerializerMethodField()
    file_size_bytes = serializers.IntegerField(source="size_bytes")

    class Meta:
        model = Video
        fields = (
            "id", "kind", "title", "video_path", "video_url", "poster_url", "mime", "duration", "file_size_bytes",
            "width", "height", "fps", "frames", "codec", "has_audio", "is_mock", "rating", *LIBRARY,
        )  # fmt: skip
        read_only_fields = fields

    def get_video_url(self, video: Video) -> str:
        """Give the address it is played from."""
        return video_url(video)

    def get_poster_url(self, video: Video) -> str | None:
        """Give the address of its still."""
        return poster_url(video)

    def get_duration(self, video: Video) -> float:
        """Give seconds."""
        return video.duration_ms / 1000


class CharacterSerializer(serializers.ModelSerializer[CharacterReference]):
    """A portrait in the library."""

    path = serializers.CharField(source="key")
    image_url = serializers.SerializerMethodField()
    file_size_bytes = serializers.IntegerField(source="size_bytes")

    class Meta:
        model = CharacterReference
        fields = (
            "id", "title", "description", "seed", "source", "path", "image_url", "mime", "file_size_bytes",
            "width", "height", *LIBRARY,
        )  # fmt: skip
        read_only_fields = fields

    def get_image_url(self, character: CharacterReference) -> str:
        """Give the address it is shown from; `?size=thumb` is a small one."""
        return character_url(character)
