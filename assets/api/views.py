"""Songs, videos and portraits: three resources over the same library."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from assets.api import examples
from assets.api.filters import AudioFilter, CharacterFilter, VideoFilter
from assets.api.library import TRASHED, LibraryViewSet
from assets.api.serializers import (
    AudioResultSerializer,
    AudioSerializer,
    CharacterResultSerializer,
    CharacterSerializer,
    UploadRequestSerializer,
    VideoRequestSerializer,
    VideoResultSerializer,
    VideoSerializer,
)
from assets.api.uploads import received
from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.services.audio import audio_receive
from assets.services.characters import character_receive
from assets.services.library import video_update
from assets.services.videos import video_receive
from assets.shapes import audio_result, character_result, video_result


@extend_schema_view(
    list=extend_schema(parameters=[TRASHED], examples=examples.CHARACTER),
    retrieve=extend_schema(examples=examples.CHARACTER),
    partial_update=extend_schema(examples=[*examples.CHANGE, *examples.CHARACTER]),
    restore=extend_schema(examples=examples.CHARACTER),
)
class CharacterViewSet(LibraryViewSet):
    """`/api/mv/characters/`."""

    queryset = CharacterReference.objects.all()
    serializer_class = CharacterSerializer
    filterset_class = CharacterFilter
    search_fields = ("title", "description")

    @extend_schema(
        request={"multipart/form-data": UploadRequestSerializer},
        responses={201: CharacterResultSerializer},
        examples=examples.CHARACTER_RESULT,
    )
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser], filter_backends=[], pagination_class=None)
    def upload(self, request: Request) -> Response:
        """Keep a picture (png, jpeg, webp) as a portrait; what a camera attached to it is dropped."""
        return received(request, receive=character_receive, answer=character_result, folder="/api/mv/characters")


@extend_schema_view(
    list=extend_schema(parameters=[TRASHED], examples=examples.VIDEO),
    retrieve=extend_schema(examples=examples.VIDEO),
    partial_update=extend_schema(request=VideoRequestSerializer, examples=[*examples.RATE, *examples.VIDEO]),
    restore=extend_schema(examples=examples.VIDEO),
)
class VideoViewSet(LibraryViewSet):
    """`/api/mv/videos/`."""

    queryset = Video.objects.all()
    serializer_class = VideoSerializer
    filterset_class = VideoFilter
    change_serializer = VideoRequestSerializer
    ordering_fields = (*LibraryViewSet.ordering_fields, "duration_ms", "rating")

    def changed(self, row: Any, **words: Any) -> StoredFile:
        """Change one video, its rating too."""
        return video_update(video=row, **words)

    @extend_schema(
        request={"multipart/form-data": UploadRequestSerializer},
        responses={201: VideoResultSerializer},
        examples=examples.VIDEO_RESULT,
    )
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser], filter_backends=[], pagination_class=None)
    def upload(self, request: Request) -> Response:
        """Keep a video (mp4, mov, webm)."""
        return received(request, receive=video_receive, answer=video_result, folder="/api/mv/videos")


@extend_schema_view(
    list=extend_schema(parameters=[TRASHED], examples=examples.AUDIO),
    retrieve=extend_schema(examples=examples.AUDIO),
    partial_update=extend_schema(examples=[*examples.CHANGE, *examples.AUDIO]),
    restore=extend_schema(examples=examples.AUDIO),
)
class AudioViewSet(LibraryViewSet):
    """`/api/audio/`."""

    queryset = Audio.objects.all()
    serializer_class = AudioSerializer
    filterset_class = AudioFilter
    ordering_fields = (*LibraryViewSet.ordering_fields, "duration_ms")

    @extend_schema(
        request={"multipart/form-data": UploadRequestSerializer},
        responses={201: AudioResultSerializer},
        examples=examples.AUDIO_RESULT,
    )
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser], filter_backends=[], pagination_class=None)
    def upload(self, request: Request) -> Response:
        """Keep a song (mp3, m4a, aac, wav, flac, ogg, opus, webm), titled from its tags when no title is given."""
        return received(request, receive=audio_receive, answer=audio_result, folder="/api/audio")
