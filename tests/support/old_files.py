"""Kept files of any age, for tests of what cleans up and compares."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from assets import storage
from assets.models import StoredFile
from tests.support.assets import make_audio, make_character, make_video

Row = TypeVar("Row", bound=StoredFile)
MAKERS: dict[str, Any] = {"video": make_video, "audio": make_audio, "character": make_character}


def a_file(key: str, content: bytes = b"bytes of a file", *, days: float = 0) -> str:
    """Keep a file that was last touched some days ago."""
    source = settings.MV_DATA_DIR / uuid4().hex
    source.write_bytes(content)
    storage.store(key=key, source=source)
    source.unlink()
    aged(settings.MEDIA_ROOT / key, days=days)
    return key


def a_row(what: str, owner: Any, /, *, days: float = 0, trashed_days: float | None = None, **words: Any) -> Any:
    """Keep a file with its row; `trashed_days` ago it was thrown away."""
    content = uuid4().bytes * 4
    then = timezone.now() - timedelta(days=days)
    thrown = None if trashed_days is None else timezone.now() - timedelta(days=trashed_days)
    facts = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "trashed_at": thrown}
    row = MAKERS[what](owner, created_at=then, **{**facts, **words})
    a_file(row.key, content, days=days)
    return row


def aged(path: Path, *, days: float) -> Path:
    """Let a file look as if it was last touched some days ago."""
    old = timezone.now().timestamp() - days * 86_400
    os.utime(path, (old, old))
    return path


def said(**options: Any) -> list[str]:
    """Run `cleanup` and return its lines."""
    out = io.StringIO()
    call_command("cleanup", stdout=out, **options)
    return out.getvalue().splitlines()
