"""Videos: kept from a file that the studio or a provider made, and uploaded."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from assets import storage
from assets.keys import clip_key, poster_key
from assets.media.poster import poster
from assets.media.probe import VideoFacts, probe
from assets.media.sniff import VIDEO_KINDS
from assets.models import Video, VideoKind
from assets.services.keeping import first_copy, kept_once, taken_in
from assets.validators import MIMES, check_duration, media_errors, sniffed
from mvsite.accounts.models import User
from mvsite.common.errors import MediaError
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
) -> Video:
    """Keep a finished MP4 under a reserved id, with its poster; called again it returns the row that is there.

    `key` defaults to the clip key of `id`. Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    kept = Video.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    row = taken_in(lambda: _received(id=id, owner=owner, kind=kind, path=path, key=key or clip_key(id)))
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
    row = _received(id=row_id, owner=owner, kind=VideoKind.UPLOAD, path=path, key=key)
    row.title = clean_title(title) or title_from_name(name)
    return row


def _received(*, id: UUID, owner: User, kind: VideoKind, path: Path, key: str) -> Video:  # noqa: A002
    """Probe and store a video and its poster; its row is not saved yet."""
    with first_copy(key, path) as film, storage.temp_dir() as folder:
        with media_errors():
            facts = probe(film, formats=VIDEO_KINDS)
            picture = _moving(facts.video)
            if kind == VideoKind.UPLOAD:
                check_duration(facts.duration)
            still = folder / "poster.jpg"
            poster(film, still)
        stored = storage.store(key=key, source=film)
        if not storage.exists(poster_key(key)):
            storage.store(key=poster_key(key), source=still)
    turned = picture.rotation % 180 != 0
    width, height = (picture.height, picture.width) if turned else (picture.width, picture.height)
    return Video(
        id=id,
        owner=owner,
        kind=kind,
        key=key,
        poster_key=poster_key(key),
        mime=MIMES[facts.kind],
        size_bytes=stored.size,
        sha256=stored.sha256,
        width=width,
        height=height,
        duration_ms=max(1, round(facts.duration * 1000)),
        fps=float(picture.fps),
        frames=picture.frames,
        codec=picture.codec,
        has_audio=facts.audio is not None,
        metadata={
            "width": width,
            "height": height,
            "video_duration_seconds": round(facts.duration, 3),
            "fps": round(float(picture.fps), 3),
            "has_audio": facts.audio is not None,
        },
    )


def _moving(picture: VideoFacts | None) -> VideoFacts:
    if picture is None:
        raise MediaError("media:file:type", "There is no moving picture in it.")
    return picture
