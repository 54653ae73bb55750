"""The examples of the OpenAPI page: one music video, from the idea to the finished file."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

PROJECT_ID = "0b8a7c1e-52c4-4a43-9d2e-6f1f3c8e9a10"
SCENE_ID = "5d0c6f0a-7d1b-4f39-8f36-2b1f1f6f0c11"
VIDEO_ID = "7b0f2a52-3f58-4a0e-8f7e-93a6c0f5d712"
FINAL_ID = "c9d6e2f4-6a3b-4f55-b8f0-1d2e3c4b5a13"
AUDIO_ID = "e1a4b7d9-2c6f-4b8e-a5d3-7f9e0c1b2a14"
CUT_ID = "f2b5c8e0-3d70-4c9f-b6e4-80af1d2c3b15"
PORTRAIT_ID = "a3c6d9f1-4e81-4da0-87f5-91b02e3d4c16"
JOB_ID = "b4d7e0a2-5f92-4eb1-98a6-02c13f4e5d17"
TAKE_ID = "d5e8f1b3-6aa3-4fc2-a9b7-13d24a5f6e18"
GENERATION_ID = "96f9a2c4-7bb4-40d3-bac8-24e35b6a7f19"
VERSION_ID = "87a0b3d5-8cc5-41e4-8bd9-35f46c7b8a20"
WHEN = "2026-11-21T09:00:00Z"
IDEA = "A lighthouse keeper dances with the storm."
CHARACTER = "A woman of sixty, silver braid, yellow oilskin coat."
TEXT = "Wide shot: she steps onto the gallery of the lighthouse, rain in the beam behind her."

JOB_DATA: dict[str, Any] = {
    "id": JOB_ID,
    "parent_id": None,
    "kind": "clip",
    "state": "waiting",
    "stage": "making",
    "progress": 0.4,
    "eta_seconds": 95,
    "eta_range_seconds": [70, 130],
    "waiting_for": None,
    "overdue": False,
    "automatic": False,
    "queued_at": WHEN,
    "started_at": WHEN,
    "finished_at": None,
    "deadline_at": "2026-11-21T10:00:00Z",
    "estimated_cost_usd": "0.0000",
    "cost_usd": "0.0000",
    "provider": "sample",
    "model": "sample-clip-1",
    "parameters_not_sent": ["negative_prompt"],
    "warnings": [],
    "number_of_scenes": None,
    "attempts": 1,
    "project_id": PROJECT_ID,
    "scene_id": SCENE_ID,
    "result": {"video_id": VIDEO_ID},
    "error": None,
    "cancel_requested": False,
    "urls": {
        "self": f"/api/mv/jobs/{JOB_ID}",
        "events": f"/api/mv/jobs/{JOB_ID}/events",
        "cancel": f"/api/mv/jobs/{JOB_ID}/cancel",
        "retry": f"/api/mv/jobs/{JOB_ID}/retry",
    },
}
SCENE_DATA: dict[str, Any] = {
    "id": SCENE_ID,
    "project_id": PROJECT_ID,
    "index": 0,
    "description": TEXT,
    "negative_description": "daylight, crowd",
    "version": 1,
    "version_id": VERSION_ID,
    "version_at": WHEN,
    "takes": [
        {
            "id": TAKE_ID,
            "number": 1,
            "kind": "clip",
            "video_id": VIDEO_ID,
            "video_url": f"/api/mv/get_video/{VIDEO_ID}",
            "poster_url": f"/api/mv/get_video/{VIDEO_ID}?size=thumb",
            "duration": 8.0,
            "version_id": VERSION_ID,
            "source_take_id": None,
            "stale": False,
            "stale_reasons": [],
            "song_start": None,
            "created_at": WHEN,
            "is_mock": False,
        }
    ],
    "selected_take_id": TAKE_ID,
    "selected_video_id": VIDEO_ID,
    "selected_at": None,
    "trashed": False,
    "trashed_at": None,
}
PROJECT_DATA: dict[str, Any] = {
    "id": PROJECT_ID,
    "title": "Storm dance",
    "mode": "music_video",
    "idea": IDEA,
    "character_description": CHARACTER,
    "character_reference_id": PORTRAIT_ID,
    "product_image_id": None,
    "audio_id": AUDIO_ID,
    "config_flavor": "default",
    "number_of_scenes": 4,
    "cut_by": "clips",
    "target_duration": "clips",
    "timeline": {"seconds": 8.0, "spans": [{"scene_id": SCENE_ID, "start": 0.0, "end": 8.0}]},
    "seed": None,
    "scene_ids": [SCENE_ID],
    "trashed_scenes": 0,
    "final_video_id": FINAL_ID,
    "final_video_url": f"/api/mv/get_video/{FINAL_ID}",
    "final_stale": False,
    "cost_usd": "0.0000",
    "favourite": False,
    "tags": ["storm"],
    "trashed": False,
    "created_at": WHEN,
    "updated_at": WHEN,
}
WRITTEN: dict[str, Any] = {
    "generation_id": GENERATION_ID,
    "scenes": [{"id": SCENE_ID, "index": 0, "description": TEXT, "negative_description": "daylight, crowd"}],
    "output_files": {
        "json": f"/api/mv/scene_generations/{GENERATION_ID}/scenes.json",
        "markdown": f"/api/mv/scene_generations/{GENERATION_ID}/scenes.md",
    },
    "metadata": {"flavor": "default", "model": "sample-writer"},
}
PORTRAITS: dict[str, Any] = {
    "images": [{"id": PORTRAIT_ID, "path": f"mv/characters/{PORTRAIT_ID}.png", "cloud_url": None}],
    "metadata": {"num_images_requested": 1, "num_images_generated": 1, "failures": []},
}
VIDEO: dict[str, Any] = {
    "video_id": VIDEO_ID,
    "video_path": f"mv/jobs/{VIDEO_ID}/video.mp4",
    "video_url": f"/api/mv/get_video/{VIDEO_ID}",
    "metadata": {"backend_used": "sample", "character_reference_id": PORTRAIT_ID, "cost_usd": "0.0000"},
}
FINAL: dict[str, Any] = {
    "video_id": FINAL_ID,
    "video_path": f"mv/jobs/{FINAL_ID}/video.mp4",
    "video_url": f"/api/mv/get_video/{FINAL_ID}",
    "audio_overlay_applied": True,
    "audio_overlay_warning": None,
    "metadata": {"input_video_ids": [VIDEO_ID], "num_videos_stitched": 1, "video_duration_seconds": 8.0},
}
CUT: dict[str, Any] = {
    "audio_id": CUT_ID,
    "audio_path": f"audio/{CUT_ID}.mp3",
    "audio_url": f"/api/audio/get/{CUT_ID}",
    "original_audio_id": AUDIO_ID,
    "start_at": 12,
    "duration": 32.0,
    "file_size_bytes": 512_000,
    "metadata": {"cloud_url": None},
}


def _place(kind: str, row_id: str, key: str) -> dict[str, Any]:
    return {"path": key, "cloud_url": None, "signed_url": f"/media/{kind}/{row_id}?e=1795251600&d=0&s=3f2a"}


_INFO: dict[str, Any] = {
    "owner": "1f6a3c5e-9dd6-42f5-9cea-46a57d8c9b21",
    "title": "Storm",
    "created_at": WHEN,
    "updated_at": WHEN,
    "file_size_bytes": 2_400_000,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "is_mock": False,
}
PORTRAIT_INFO: dict[str, Any] = {
    **_INFO,
    **_place("character", PORTRAIT_ID, f"mv/characters/{PORTRAIT_ID}.png"),
    "id": PORTRAIT_ID,
    "kind": "character",
    "mime": "image/png",
    "duration": None,
    "width": 1024,
    "height": 1024,
    "source": "generated",
    "description": CHARACTER,
    "metadata": {"format": "png"},
}
VIDEO_INFO: dict[str, Any] = {
    **_INFO,
    **_place("video", VIDEO_ID, f"mv/jobs/{VIDEO_ID}/video.mp4"),
    "id": VIDEO_ID,
    "kind": "clip",
    "mime": "video/mp4",
    "duration": 8.0,
    "width": 1280,
    "height": 720,
    "fps": 24.0,
    "has_audio": True,
    "metadata": VIDEO["metadata"],
}
AUDIO_INFO: dict[str, Any] = {
    **_INFO,
    **_place("audio", AUDIO_ID, f"audio/{AUDIO_ID}.mp3"),
    "id": AUDIO_ID,
    "kind": "audio",
    "mime": "audio/mpeg",
    "duration": 184.5,
    "source": "upload",
    "original_audio_id": None,
    "metadata": {"format": "mp3"},
}
SPRITE = (
    "A clip of eight seconds",
    {
        "video_id": VIDEO_ID,
        "image_url": f"/api/mv/videos/{VIDEO_ID}/sprite.jpg",
        "vtt_url": f"/api/mv/videos/{VIDEO_ID}/sprite.vtt",
        "count": 8,
        "step": 1.0,
        "columns": 8,
        "rows": 1,
        "tile_width": 160,
        "tile_height": 90,
    },
)
CURVE = ("A curve (shortened)", {"audio_id": AUDIO_ID, "duration": 184.5, "peaks": [0.0, 0.41, 0.87]})
HEARD = (
    "A song (shortened)",
    {
        "audio_id": AUDIO_ID,
        "seconds": 184.5,
        "bpm": 110.0,
        "measured_bpm": 110.0,
        "manual": None,
        "confidence": 1.0,
        "even": True,
        "ambiguous": True,
        "candidates": [
            {"bpm": 110.0, "strength": 1.0, "octave": False},
            {"bpm": 55.0, "strength": 0.74, "octave": True},
        ],
        "beats": [0.0, 0.545, 1.091],
        "downbeats": [0.0, 2.182],
        "beats_per_bar": 4,
        "bar_confidence": 0.93,
        "sections": [{"start": 0.0, "end": 26.182, "letter": "A", "name": "intro", "energy": 0.49}],
        "energy_step": 0.5,
        "energy": [0.41, 0.44],
        "loudness_lufs": -16.47,
        "peak_dbfs": -1.94,
    },
)


def answer(name: str, value: dict[str, Any], *status: str) -> OpenApiExample:
    """Build an example of an answer."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=list(status) or ["200", "201"])


def body(name: str, value: dict[str, Any]) -> OpenApiExample:
    """Build an example of a request's body."""
    return OpenApiExample(name, value=value, request_only=True)


JOB = [answer("A clip that the provider is making", JOB_DATA, "200", "202")]
SCENE = [answer("A scene with one take", SCENE_DATA)]
PROJECT = [answer("A project", PROJECT_DATA)]
SNAPSHOT = [answer("A project with its scenes", {**PROJECT_DATA, "scenes": [SCENE_DATA], "cursor": 17})]
FEED = [answer("Progress", {"cursor": 18, "events": [{"id": 18, "kind": "job.progressed", "data": JOB_DATA}]})]
VERSION = [
    answer(
        "The first text of a scene",
        {
            "id": VERSION_ID,
            "number": 1,
            "description": TEXT,
            "negative_description": "daylight, crowd",
            "source": "written",
            "created_at": WHEN,
        },
    )
]
SCENE_GENERATION = [
    answer(
        "A writing of scenes",
        {
            **WRITTEN,
            "id": GENERATION_ID,
            "project_id": PROJECT_ID,
            "idea": IDEA,
            "character_description": CHARACTER,
            "config_flavor": "default",
            "created_at": WHEN,
        },
    )
]
