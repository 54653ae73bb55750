"""Where the bytes are: the only place that knows. Callers have keys; they never see paths, buckets or vendors.

Every file is kept on the disk first. With `STORAGE_BUCKET` it is uploaded as well, at once when that works and
later when it does not (`CloudCopy`); with `SERVE_FROM_CLOUD` clients fetch it there by presigned URLs.
"""

from assets.storage.copies import has_bucket, in_cloud, places_of, waiting
from assets.storage.disk import (
    CHUNK,
    KeyTakenError,
    Stored,
    disk_errors,
    ensure_space,
    full_disk_errors,
    shelf,
    temp_dir,
)
from assets.storage.healing import enroll, heal, look, make_room, repair, upload_now
from assets.storage.placing import (
    delete,
    describe,
    exists,
    is_here,
    is_kept,
    is_reachable,
    local_path,
    make_local,
    open_file,
    served_from_cloud,
    store,
    url_for,
)

__all__ = [
    "CHUNK",
    "KeyTakenError",
    "Stored",
    "delete",
    "describe",
    "disk_errors",
    "enroll",
    "ensure_space",
    "exists",
    "full_disk_errors",
    "has_bucket",
    "heal",
    "in_cloud",
    "is_here",
    "is_kept",
    "is_reachable",
    "local_path",
    "look",
    "make_local",
    "make_room",
    "open_file",
    "places_of",
    "repair",
    "served_from_cloud",
    "shelf",
    "store",
    "temp_dir",
    "upload_now",
    "url_for",
    "waiting",
]
