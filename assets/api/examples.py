"""The examples of the vault's calls in the OpenAPI page."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_VIDEO_ID = "7b0f2a52-3f58-4a0e-8f7e-93a6c0f5d712"
_AUDIO_ID = "e1a4b7d9-2c6f-4b8e-a5d3-7f9e0c1b2a14"
_PORTRAIT_ID = "a3c6d9f1-4e81-4da0-87f5-91b02e3d4c16"
_WHEN = "2026-11-21T09:00:00Z"
_LIBRARY = {"favourite": True, "tags": ["storm"], "created_at": _WHEN, "updated_at": _WHEN, "trashed_at": None}
_SOUND = {"source": "upload", "format": "mp3", "codec": "mp3", "sample_rate": 44_100, "channels": 2}
_PICTURE = {"source": "uploaded", "format": "png", "width": 1024, "height": 1024}
_FILM = {"width": 1280, "height": 720, "video_duration_seconds": 8.0, "fps": 24.0, "has_audio": True}


def _answer(name: str, value: dict[str, Any], *, status: str = "200") -> list[OpenApiExample]:
    return [OpenApiExample(name, value=value, response_only=True, status_codes=[status])]


CHANGE = [
    OpenApiExample(
        "Name and mark it", value={"title": "Storm", "favourite": True, "tags": ["storm"]}, request_only=True
    )
]
RATE = [OpenApiExample("Name and rate it", value={"title": "Storm", "rating": 4}, request_only=True)]
BULK = [
    OpenApiExample("Throw two away", value={"action": "trash", "ids": [_VIDEO_ID, _AUDIO_ID]}, request_only=True),
    *_answer("One of them was gone already", {"changed": 1, "not_found": 1}),
]
AUDIO_RESULT = _answer(
    "A song",
    {
        "audio_id": _AUDIO_ID,
        "audio_path": f"audio/{_AUDIO_ID}.mp3",
        "audio_url": f"/api/audio/get/{_AUDIO_ID}",
        "title": "Lighthouse",
        "duration": 64.0,
        "file_size_bytes": 1_536_000,
        "metadata": {**_SOUND, "play_url": f"/api/audio/get/{_AUDIO_ID}", "cloud_url": None},
    },
    status="201",
)
VIDEO_RESULT = _answer(
    "A video",
    {
        "video_id": _VIDEO_ID,
        "video_path": f"mv/jobs/{_VIDEO_ID}/video.mp4",
        "video_url": f"/api/mv/get_video/{_VIDEO_ID}",
        "metadata": {
            **_FILM,
            "cloud_url": None,
            "cloud_urls": [],
            "local_video_url": f"/api/mv/get_video/{_VIDEO_ID}",
        },
    },
    status="201",
)
CHARACTER_RESULT = _answer(
    "A portrait",
    {"id": _PORTRAIT_ID, "path": f"mv/characters/{_PORTRAIT_ID}.png", "cloud_url": None},
    status="201",
)
AUDIO = _answer(
    "A song",
    {
        "id": _AUDIO_ID,
        "title": "Lighthouse",
        "audio_path": f"audio/{_AUDIO_ID}.mp3",
        "audio_url": f"/api/audio/get/{_AUDIO_ID}",
        "play_url": f"/api/audio/get/{_AUDIO_ID}",
        "mime": "audio/mpeg",
        "duration": 64.0,
        "file_size_bytes": 1_536_000,
        "sample_rate": 44_100,
        "channels": 2,
        "codec": "mp3",
        "source": "upload",
        "original_audio_id": None,
        "start_ms": None,
        "end_ms": None,
        "metadata": _SOUND,
        **_LIBRARY,
    },
)
VIDEO = _answer(
    "A video",
    {
        "id": _VIDEO_ID,
        "kind": "clip",
        "title": "Scene 1",
        "video_path": f"mv/jobs/{_VIDEO_ID}/video.mp4",
        "video_url": f"/api/mv/get_video/{_VIDEO_ID}",
        "poster_url": f"/api/mv/get_video/{_VIDEO_ID}?size=thumb",
        "mime": "video/mp4",
        "duration": 8.0,
        "file_size_bytes": 4_250_000,
        "width": 1280,
        "height": 720,
        "fps": 24.0,
        "frames": 192,
        "codec": "h264",
        "has_audio": True,
        "is_mock": False,
        "rating": 4,
        "metadata": _FILM,
        **_LIBRARY,
    },
)
CHARACTER = _answer(
    "A portrait",
    {
        "id": _PORTRAIT_ID,
        "title": "The keeper",
        "description": "A woman of sixty, silver braid, yellow oilskin coat.",
        "seed": 7,
        "source": "generated",
        "path": f"mv/characters/{_PORTRAIT_ID}.png",
        "image_url": f"/api/mv/get_character_reference/{_PORTRAIT_ID}",
        "mime": "image/png",
        "file_size_bytes": 812_000,
        "width": 1024,
        "height": 1024,
        "metadata": _PICTURE,
        **_LIBRARY,
    },
)
