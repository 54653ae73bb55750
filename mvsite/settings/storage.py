"""Where bytes live and how large they may be."""

from typing import Any
from urllib.parse import urlsplit

from mvsite import env
from mvsite.settings.base import MV_DATA_DIR

KINDS = ("clip", "lipsync", "stitched", "upload", "audio", "character", "variant")


def days_by_kind(words: list[str]) -> dict[str, float]:
    """Read `clip:30`: after how many days what nobody uses is thrown away. Raises SettingError."""
    found = {}
    for word in words:
        kind, _, days = word.partition(":")
        try:
            found[kind.strip()] = float(days)
        except ValueError:
            raise env.SettingError(f"MV_KEEP_DAYS: {word!r} is not like clip:30") from None
        if kind.strip() not in KINDS or not 0 < found[kind.strip()] < 1e5:
            raise env.SettingError(f"MV_KEEP_DAYS: {word!r}; kinds are {', '.join(KINDS)}, days above 0")
    return found


def bucket_origins(*, bucket: str, endpoint: str, region: str) -> list[str]:
    """Name the origins that a bucket's addresses can have, by path and by host name; none without a bucket."""
    if not bucket:
        return []
    amazon = ["https://s3.amazonaws.com", *([f"https://s3.{region}.amazonaws.com"] if region else [])]
    servers = [endpoint.rstrip("/")] if endpoint else amazon
    parts = [urlsplit(server) for server in servers]
    return [f"{one.scheme}://{name}" for one in parts for name in (one.netloc, f"{bucket}.{one.netloc}")]


MEDIA_ROOT = MV_DATA_DIR / "media"
MV_TEMP_DIR = MV_DATA_DIR / "tmp"
SERVE_FROM_CLOUD = env.flag("SERVE_FROM_CLOUD", default=False)
STORAGE_BUCKET = env.text("STORAGE_BUCKET")
AWS_ACCESS_KEY_ID = env.text("AWS_ACCESS_KEY_ID", secret=True)
AWS_SECRET_ACCESS_KEY = env.text("AWS_SECRET_ACCESS_KEY", secret=True)
AWS_SESSION_TOKEN = env.text("AWS_SESSION_TOKEN", secret=True)
AWS_REGION = env.text("AWS_REGION") or env.text("AWS_DEFAULT_REGION")
AWS_S3_ENDPOINT_URL = env.web_address("AWS_S3_ENDPOINT_URL")
AWS_S3_ADDRESSING_STYLE = env.one_of("AWS_S3_ADDRESSING_STYLE", "auto", "auto", "path", "virtual")
MV_CLOUD_TIMEOUT_SECONDS = env.number("MV_CLOUD_TIMEOUT_SECONDS", 30.0, at_least=0.1)
MV_CLOUD_SYNC_SECONDS = env.number("MV_CLOUD_SYNC_SECONDS", 30.0, at_least=0.1)
MV_LOCAL_CACHE_DAYS = env.number("MV_LOCAL_CACHE_DAYS", 7.0)
MV_TRASH_DAYS = env.number("MV_TRASH_DAYS", 30.0)
MV_KEEP_DAYS = days_by_kind(env.listing("MV_KEEP_DAYS", "variant:30"))
# Where presigned addresses lead: pages may show pictures and films from there.
BUCKET_ORIGINS = (
    bucket_origins(bucket=STORAGE_BUCKET, endpoint=AWS_S3_ENDPOINT_URL, region=AWS_REGION) if SERVE_FROM_CLOUD else []
)
MV_X_ACCEL_PREFIX = env.inner_path("MV_X_ACCEL_PREFIX")
MV_MAX_UPLOAD_MB = env.whole("MV_MAX_UPLOAD_MB", 500, at_least=1)
MV_FETCH_MAX_MB = env.whole("MV_FETCH_MAX_MB", 200, at_least=1)
MV_MIN_FREE_MB = env.whole("MV_MIN_FREE_MB", 2048)
MV_MAX_AUDIO_MINUTES = env.whole("MV_MAX_AUDIO_MINUTES", 15, at_least=1)
# Where YouTube is asked for: tests name a site of this machine, which is then the one private address allowed.
MV_YOUTUBE_BASE_URL = env.web_address("MV_YOUTUBE_BASE_URL")
# Cookies of a browser that is signed in (Netscape format), for when YouTube takes this machine for a bot.
MV_YOUTUBE_COOKIES = env.folder("MV_YOUTUBE_COOKIES", "") if env.text("MV_YOUTUBE_COOKIES") else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["mvsite.common.no_files.NoFilesHandler"]

STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT)},
    },
    "staticfiles": {"BACKEND": "mvsite.common.static_files.StudioStaticFilesStorage"},
}
