"""The examples of songs that come from elsewhere, for the OpenAPI page."""

from typing import Any

from generation.api.examples import AUDIO_ID

DOWNLOADED: dict[str, Any] = {
    "audio_id": AUDIO_ID,
    "audio_path": f"audio/{AUDIO_ID}.mp3",
    "audio_url": f"/api/audio/get/{AUDIO_ID}",
    "title": "Lighthouse",
    "duration": 64.0,
    "file_size_bytes": 1_536_000,
    "metadata": {
        "source": "youtube",
        "format": "mp3",
        "codec": "mp3",
        "sample_rate": 44_100,
        "channels": 2,
        "video_id": "abcdefghijk",
        "page_url": "https://www.youtube.com/watch?v=abcdefghijk",
        "uploader": "The Keepers",
        "cloud_url": None,
    },
}
