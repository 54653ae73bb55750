"""Videos: kept from a file that the studio or a provider made, and uploaded."""

import math
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from assets import storage
from assets.keys import clip_key, poster_key
from assets.media.checkup import check_film
from assets.media.films import look_at_film
from assets.media.sniff import VIDEO_KINDS
from assets.models import Video, VideoKind
from assets.services.keeping import first_copy, kept_once, taken_in
from assets.validators import MIMES, media_errors, sniffed
from mvsite.accounts.models import User
from mvsite.common.text import clean_title, title_from_name


def video_create_from_file(
    *,
    id: UUID,  # noqa: A002 - SPEC's word for it
    owner: User,
    kind: VideoKind,
    path: Path,
    key: str | None = None,
    title: str = "",
    metadata: dict[str, Any] | None = None,
    is_mock: bool = False,
    any_length: bool = False,
) -> Video:
    """Keep a finished MP4 under a reserved id, with its poster; called again it returns the row that is there.

    `key` defaults to the clip key of `id`; `any_length` lets in an upload that is longer than uploads may be.
    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    kept = Video.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    longest = math.inf if any_length else _longest()
    row = taken_in(
        lambda: _received(id=id, owner=owner, kind=kind, path=path, key=key or clip_key(id), longest=longest)
    )
    row.title = clean_title(title)
    row.metadata = {**row.metadata, **(metadata or {})}
    row.is_mock = is_mock
    return kept_once(row)


def video_upload(*, owner: User, path: Path, name: str = "", title: str = "") -> Video:
    """Keep a video that a person sent (mp4, mov, webm); `name` is the file's name on their machine.

    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    return kept_once(video_receive(owner=owner, path=path, name=name, title=title))


def video_receive(*, owner: User, path: Path, name: str = "", title: str = "") -> Video:
    """Check and store an upload and return its row unsaved, so that a caller can save it with more in one go.

    Raises what `video_upload` raises.
    """
    storage.ensure_space(path.stat().st_size)
    row_id = uuid4()
    key = clip_key(row_id, sniffed(path, allowed=VIDEO_KINDS))
    row = _received(id=row_id, owner=owner, kind=VideoKind.UPLOAD, path=path, key=key, longest=_longest())
    row.title = clean_title(title) or title_from_name(name)
    return row


def _longest() -> float:
    seconds: float = settings.MV_MAX_AUDIO_MINUTES * 60
    return seconds


def _received(*, id: UUID, owner: User, kind: VideoKind, path: Path, key: str, longest: float) -> Video:  # noqa: A002
    """Probe and store a video and its poster; its row is not saved yet."""
    with first_copy(key, path) as film, storage.temp_dir() as folder:
        still = folder / "poster.jpg"
        with media_errors(), storage.disk_errors():
            if kind == VideoKind.UPLOAD:
                facts = check_film(film, poster=still, longest=longest)
            else:
                facts = look_at_film(film, poster=still)
        stored = storage.store(key=key, source=film)
        if not storage.exists(poster_key(key)):
            storage.store(key=poster_key(key), source=still)
    return Video(
        id=id,
        owner=owner,
        kind=kind,
        key=key,
        poster_key=poster_key(key),
        mime=MIMES[facts.kind],
        size_bytes=stored.size,
        sha256=stored.sha256,
        width=facts.width,
        height=facts.height,
        duration_ms=max(1, round(facts.seconds * 1000)),
        fps=facts.fps,
        frames=facts.frames,
        codec=facts.codec,
        has_audio=facts.has_audio,
        metadata={
            "width": facts.width,
            "height": facts.height,
            "video_duration_seconds": round(facts.seconds, 3),
            "fps": round(facts.fps, 3),
            "has_audio": facts.has_audio,
        },
    )
