"""Where bytes live and how large they may be."""

from typing import Any

from mvsite import env
from mvsite.settings.base import MV_DATA_DIR

MEDIA_ROOT = MV_DATA_DIR / "media"
MV_TEMP_DIR = MV_DATA_DIR / "tmp"
SERVE_FROM_CLOUD = env.flag("SERVE_FROM_CLOUD", default=False)
STORAGE_BUCKET = env.text("STORAGE_BUCKET")
MV_X_ACCEL_PREFIX = env.text("MV_X_ACCEL_PREFIX")
MV_MAX_UPLOAD_MB = env.whole("MV_MAX_UPLOAD_MB", 500, at_least=1)
MV_FETCH_MAX_MB = env.whole("MV_FETCH_MAX_MB", 200, at_least=1)
MV_MIN_FREE_MB = env.whole("MV_MIN_FREE_MB", 2048)
MV_MAX_AUDIO_MINUTES = env.whole("MV_MAX_AUDIO_MINUTES", 15, at_least=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT)},
    },
    "staticfiles": {"BACKEND": "mvsite.common.static_files.StudioStaticFilesStorage"},
}
