"""Fetching portraits, videos and songs by id; an id that is only promised says what its job is doing."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.addresses import freshened
from assets.api.files import DOWNLOAD, FORMAT, SIZE, SONG_FORMAT, AnyAccept, serve_audio, serve_character, serve_video
from assets.media.sniff import AUDIO_KINDS, IMAGE_KINDS, VIDEO_KINDS
from assets.models import StoredFile
from assets.selectors import audio_get, character_get, video_get
from assets.shapes import audio_info, character_info, video_info
from assets.validators import MIMES
from generation.api import examples
from generation.api.answers import InfoSerializer
from generation.api.finding import noted, owner_of
from generation.api.promised import not_found
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id

Row = TypeVar("Row", bound=StoredFile)
REDIRECT = OpenApiParameter(
    "redirect", bool, default=True, description="In the cloud: false answers with the address as JSON."
)
_PICTURES = tuple(MIMES[kind] for kind in sorted(IMAGE_KINDS))
_FILMS = tuple(MIMES[kind] for kind in sorted(VIDEO_KINDS))
_SOUNDS = tuple(dict.fromkeys(MIMES[kind] for kind in sorted(AUDIO_KINDS)))


def bytes_of(*kinds: str) -> dict[tuple[int, str], Any]:
    """Describe an answer that is a file of one of these kinds."""
    return {(200, kind): OpenApiTypes.BINARY for kind in kinds}


class FileView(APIView):
    """One file by id; a player that accepts only its own kind of file is welcome."""

    content_negotiation_class = AnyAccept


class InfoView(APIView):
    """What is known about one file."""


def existing(get: Callable[..., Row], request: Request, pk: str) -> Row:
    """Return the row with this id. Raises user:request:malformed_id, and for no row what the job behind it says."""
    try:
        row = get(user=request.user, id=pk)
    except UserError as error:
        if error.code != "user:request:not_found":
            raise
        raise not_found(owner=owner_of(request), wanted=parse_id(pk)) from None
    if row.owner_id != owner_of(request).pk and request.method not in SAFE_METHODS:
        raise UserError("user:auth:forbidden", "You may look at this, not change it.")
    noted(request, row)
    return row


class GetCharacterReferenceView(FileView):
    """`GET /api/mv/get_character_reference/{id}`."""

    @extend_schema(parameters=[SIZE, FORMAT, DOWNLOAD, REDIRECT], responses=bytes_of(*_PICTURES))
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Fetch a portrait, or a smaller copy of it."""
        return serve_character(request, existing(character_get, request, pk))


class GetVideoView(FileView):
    """`GET /api/mv/get_video/{id}`."""

    @extend_schema(parameters=[SIZE, FORMAT, DOWNLOAD, REDIRECT], responses=bytes_of(*_FILMS, *_PICTURES))
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Fetch a video, or with `size` its poster frame."""
        return serve_video(request, existing(video_get, request, pk))


class GetAudioView(FileView):
    """`GET /api/audio/get/{id}`."""

    @extend_schema(parameters=[SONG_FORMAT, DOWNLOAD, REDIRECT], responses=bytes_of(*_SOUNDS))
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Fetch a song; 409 with Retry-After while the MP3 of a long one is being made."""
        return serve_audio(request, existing(audio_get, request, pk))


class CharacterInfoView(InfoView):
    """`GET /api/mv/get_character_reference/{id}/info`."""

    @extend_schema(responses=InfoSerializer, examples=[examples.answer("A portrait", examples.PORTRAIT_INFO)])
    def get(self, request: Request, pk: str) -> Response:
        """Read what is known about a portrait."""
        return _told(character_info(existing(character_get, request, pk)))


class VideoInfoView(InfoView):
    """`GET /api/mv/get_video/{id}/info`."""

    @extend_schema(responses=InfoSerializer, examples=[examples.answer("A clip", examples.VIDEO_INFO)])
    def get(self, request: Request, pk: str) -> Response:
        """Read what is known about a video."""
        return _told(video_info(existing(video_get, request, pk)))


class AudioInfoView(InfoView):
    """`GET /api/audio/get/{id}/info`."""

    @extend_schema(responses=InfoSerializer, examples=[examples.answer("A song", examples.AUDIO_INFO)])
    def get(self, request: Request, pk: str) -> Response:
        """Read what is known about a song."""
        return _told(audio_info(existing(audio_get, request, pk)))


def _told(facts: dict[str, Any]) -> Response:
    return Response(freshened(facts), headers={"Cache-Control": "private, no-cache"})
