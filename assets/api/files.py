"""Serving rows as files: which bytes a request means, and under which name. Others route these; they only serve."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.http import HttpResponseBase, HttpResponseRedirect, JsonResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from assets import storage
from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.services.pictures import KINDS, SIDES, picture_variant, poster_variant
from assets.services.playing import audio_playable
from assets.services.sprites import video_sprite
from assets.serving import Served, serve
from assets.validators import MIMES
from mvsite.common.errors import FieldError, UserError
from mvsite.common.text import download_name

DOWNLOAD = OpenApiParameter("download", bool, description="Save it under its title instead of showing it.")
_STILL = "A smaller copy; of a video, its poster frame: `thumb` 640 wide, `medium` 1280, `full` its own size."
SIZE = OpenApiParameter("size", str, enum=list(SIDES), description=_STILL)
FORMAT = OpenApiParameter("format", str, enum=list(KINDS), description="The kind of picture.")


SONG_KINDS = ("mp3",)
SONG_FORMAT = OpenApiParameter("format", str, enum=list(SONG_KINDS), description="For players without its own kind.")


class AnyAccept(DefaultContentNegotiation):
    """For addresses that serve files: a player that accepts only its own kind still gets its file, or a problem."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Take the first, which writes problems."""
        first = next(iter(renderers))
        return first, first.media_type or ""


def serve_video(request: Request, video: Video) -> HttpResponseBase:
    """Serve a video, or with `?size=` its poster frame.

    Raises `UserError` user:request:invalid for unknown words, user:request:not_found when it has no poster.
    """
    size, kind = _picture_wish(request)
    if size is None:
        return _given(request, _served(request, video), "video_url")
    return serve_poster(request, video, size=size, kind=kind or "jpeg")


def serve_poster(request: Request, video: Video, *, size: str = "thumb", kind: str = "jpeg") -> HttpResponseBase:
    """Serve the poster frame of a video. Raises `UserError` user:request:not_found when it has none."""
    if not video.poster_key:
        raise UserError("user:request:not_found", "This video has no poster frame.")
    served = _served(
        request,
        video,
        key=poster_variant(video=video, size=size, kind=kind),
        mime=MIMES[kind],
        mark=f"poster-{size}-{kind}",
    )
    return _given(request, served, "image_url")


def serve_sprite(request: Request, video: Video) -> HttpResponseBase:
    """Serve the strip of small pictures of a video. Raises what `video_sprite` raises."""
    served = _served(request, video, key=video_sprite(video=video), mime=MIMES["jpeg"], mark="sprite")
    return _given(request, served, "image_url")


def serve_character(request: Request, character: CharacterReference) -> HttpResponseBase:
    """Serve a portrait, as it is or with `?size=thumb|medium` and `?format=webp|jpeg` as a copy (WebP when not said).

    Raises `UserError` user:request:invalid for unknown words.
    """
    size, kind = _picture_wish(request)
    size, kind = size or "full", kind or "webp"
    asked = {"size", "format"} & request.query_params.keys()
    if not asked or (size == "full" and MIMES[kind] == character.mime):
        return _given(request, _served(request, character), "image_url")
    key = picture_variant(key=character.key, size=size, kind=kind)
    return _given(request, _served(request, character, key=key, mime=MIMES[kind], mark=f"{size}-{kind}"), "image_url")


def serve_audio(request: Request, audio: Audio) -> HttpResponseBase:
    """Serve a song as it was kept, or with `?format=mp3` as MP3. Raises what `audio_playable` raises."""
    if _choice(request, "format", SONG_KINDS) is None or audio.mime == MIMES["mp3"]:
        return _given(request, _served(request, audio), "audio_url")
    key = audio_playable(audio=audio)
    return _given(request, _served(request, audio, key=key, mime=MIMES["mp3"], mark="mp3"), "audio_url")


def serve_row(request: Request, row: StoredFile, *, attachment: bool) -> HttpResponseBase:
    """Serve the file of any row as it is, whatever the address says besides."""
    return _given(request, replace(_served(request, row), attachment=attachment), "url")


def _given(request: Request, file: Served, field: str) -> HttpResponseBase:
    """Send the client to the bucket when files are served from there and it has this one, else serve it.

    A copy that is made when it is asked for is always served. While the bucket fails, what is here is served.
    """
    redirect = _flag(request, "redirect", default=True)
    if not storage.served_from_cloud() or not storage.is_reachable(file.key):
        return serve(request, file)
    is_head, name = request.method == "HEAD", file.filename
    url = storage.url_for(file.key, mime=file.mime, filename=name, attachment=file.attachment, head=is_head)
    # The address is somebody's key to the file for a while: no cache may keep it.
    headers = {"Cache-Control": "private, no-store"}
    return HttpResponseRedirect(url, headers=headers) if redirect else JsonResponse({field: url}, headers=headers)


def _flag(request: Request, name: str, *, default: bool) -> bool:
    wish = request.query_params.get(name, str(default)).lower()
    if wish not in {"true", "1", "false", "0"}:
        detail = "true or false."
        raise UserError("user:request:invalid", detail, errors=(FieldError(f"#/{name}", detail, "invalid_choice"),))
    return wish in {"true", "1"}


def _picture_wish(request: Request) -> tuple[str | None, str | None]:
    return _choice(request, "size", tuple(SIDES)), _choice(request, "format", KINDS)


def _choice(request: Request, name: str, known: Sequence[str]) -> str | None:
    wish = request.query_params.get(name)
    if wish is not None and wish not in known:
        detail = f"One of {', '.join(known)}."
        raise UserError("user:request:invalid", detail, errors=(FieldError(f"#/{name}", detail, "invalid_choice"),))
    return wish


def _served(request: Request, row: StoredFile, *, key: str = "", mime: str = "", mark: str = "") -> Served:
    """Describe the row's own file, or with `key` a copy of it; `mark` tells the copies' ETags apart."""
    key = key or row.key
    return Served(
        key=key,
        mime=mime or row.mime,
        etag=f"{row.sha256}-{mark}" if mark else row.sha256,
        modified=row.created_at,
        filename=download_name(row.title, key.rsplit(".", 1)[1]),
        attachment=_flag(request, "download", default=False),
    )
