"""The strip of small pictures for looking ahead in a video: how it is laid out, the picture, and WebVTT for players."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.api.files import serve_sprite
from assets.selectors import video_get
from assets.services.sprites import strip_of
from generation.api import examples
from generation.api.files import FileView, existing
from generation.api.tagged import tagged


class SpriteSerializer(serializers.Serializer[Any]):
    """Tile n, counted row by row, shows the video from n x `step` seconds on; sizes in pixels."""

    video_id = serializers.UUIDField()
    image_url = serializers.CharField()
    vtt_url = serializers.CharField()
    count = serializers.IntegerField()
    step = serializers.FloatField()
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    tile_width = serializers.IntegerField()
    tile_height = serializers.IntegerField()


class SpriteView(APIView):
    """`GET /api/mv/videos/{id}/sprite`."""

    @extend_schema(responses={200: SpriteSerializer, 304: None}, examples=[examples.answer(*examples.SPRITE)])
    def get(self, request: Request, pk: str) -> Response:
        """Read how the strip of small pictures is laid out."""
        video = existing(video_get, request, pk)
        strip = strip_of(video)
        base = f"/api/mv/videos/{video.pk}"
        told = {
            "video_id": str(video.pk),
            "image_url": f"{base}/sprite.jpg",
            "vtt_url": f"{base}/sprite.vtt",
            "count": strip.count,
            "step": round(strip.step, 3),
            "columns": strip.columns,
            "rows": strip.rows,
            "tile_width": strip.tile_width,
            "tile_height": strip.tile_height,
        }
        return tagged(request, f"{video.sha256[:32]}-sprite", told)


class SpriteImageView(FileView):
    """`GET /api/mv/videos/{id}/sprite.jpg`."""

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Fetch the strip; 409 with Retry-After while that of a long video is still being drawn."""
        return serve_sprite(request, existing(video_get, request, pk))


class SpriteTextView(FileView):
    """`GET /api/mv/videos/{id}/sprite.vtt`."""

    @extend_schema(responses={(200, "text/vtt"): OpenApiTypes.STR})
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Fetch the strip's WebVTT, as players take it."""
        video = existing(video_get, request, pk)
        text = strip_of(video).as_vtt("sprite.jpg", video.duration_ms / 1000)
        return HttpResponse(text, content_type="text/vtt; charset=utf-8", headers={"Cache-Control": "private"})
