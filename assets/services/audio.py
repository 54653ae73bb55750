"""Songs: kept from a file, uploaded, and cut."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from assets import storage
from assets.keys import audio_key
from assets.media.audio import trim
from assets.media.errors import FFmpegError, MediaProblem
from assets.media.probe import MediaFacts, probe
from assets.media.sniff import AUDIO_KINDS
from assets.models import Audio, AudioSource
from assets.services.keeping import first_copy, kept_once, taken_in
from assets.validators import MIMES, check_duration, media_errors, sniffed
from mvsite.accounts.models import User
from mvsite.common.errors import AppError, MediaError
from mvsite.common.text import clean_title, title_from_name

MAX_CHANNELS = 8
_KINDS = AUDIO_KINDS | {"mp4"}  # an MP4 without a picture is an M4A that says less
RATES = range(8_000, 192_001)


def audio_create_from_file(
    *,
    id: UUID,  # noqa: A002 - SPEC's word for it
    owner: User,
    path: Path,
    source: AudioSource,
    title: str = "",
    metadata: dict[str, Any] | None = None,
    original: Audio | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
) -> Audio:
    """Keep a song under a reserved id; called again it returns the row that is there.

    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    kept = Audio.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    row = taken_in(lambda: _received(id=id, owner=owner, path=path, source=source))
    row.title = clean_title(title)
    row.metadata = {**row.metadata, **(metadata or {})}
    row.original, row.start_ms, row.end_ms = original, start_ms, end_ms
    return kept_once(row)


def audio_upload(*, owner: User, path: Path, name: str = "", title: str = "") -> Audio:
    """Keep a song that a person sent; `name` is the file's name on their machine.

    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    return kept_once(audio_receive(owner=owner, path=path, name=name, title=title))


def audio_receive(*, owner: User, path: Path, name: str = "", title: str = "") -> Audio:
    """Check and store an upload and return its row unsaved, so that a caller can save it with more in one go.

    Raises what `audio_upload` raises.
    """
    storage.ensure_space(path.stat().st_size)
    row = _received(id=uuid4(), owner=owner, path=path, source=AudioSource.UPLOAD)
    row.title = clean_title(title) or title_from_name(name)
    return row


def audio_trim(*, id: UUID, source: Audio, start_ms: int = 0, end_ms: int | None = None) -> Audio:  # noqa: A002
    """Cut a song and keep the cut under a reserved id; the end is clamped to the song.

    The row names the whole song it comes from, however many cuts lie between, and counts from that song's start.
    Raises `MediaError` media:audio:silent_window, media:file:*, `AppError` app:render:failed, app:storage:*.
    """
    kept = Audio.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    first, offset = (source.original, source.start_ms or 0) if source.original else (source, 0)
    with storage.temp_dir() as folder, storage.local_path(source.key) as path:
        target = folder / "cut"
        seconds = _cut(path, target, start_ms=start_ms, end_ms=end_ms)
        return audio_create_from_file(
            id=id,
            owner=source.owner,
            path=target,
            source=AudioSource.TRIM,
            title=source.title,
            metadata={"original_audio_id": str(first.pk), "start_at": (offset + start_ms) / 1000},
            original=first,
            start_ms=offset + start_ms,
            end_ms=offset + start_ms + max(1, round(seconds * 1000)),
        )


def _cut(path: Path, target: Path, *, start_ms: int, end_ms: int | None) -> float:
    try:
        with media_errors(), storage.disk_errors():
            return trim(path, target, start_ms=start_ms, end_ms=end_ms).seconds
    except FFmpegError as error:
        raise AppError("app:render:failed", "The song could not be cut.") from error


def _received(*, id: UUID, owner: User, path: Path, source: AudioSource) -> Audio:  # noqa: A002
    """Probe and store a song; its row is not saved yet."""
    kind = sniffed(path, allowed=_KINDS)
    kind = "m4a" if kind == "mp4" else kind
    key = audio_key(id, kind)
    with first_copy(key, path) as kept:
        facts = _probed(kept)
        stored = storage.store(key=key, source=kept)
    sound = facts.audio
    if sound is None:
        raise MediaError("media:file:unreadable", "There is no sound in it.")
    return Audio(
        id=id,
        owner=owner,
        key=key,
        mime=MIMES[kind],
        size_bytes=stored.size,
        sha256=stored.sha256,
        duration_ms=max(1, round(facts.duration * 1000)),
        sample_rate=sound.sample_rate,
        channels=sound.channels,
        codec=sound.codec,
        source=source,
        metadata={
            "source": str(source),
            "format": kind,
            "codec": sound.codec,
            "sample_rate": sound.sample_rate,
            "channels": sound.channels,
        },
    )


def _probed(path: Path) -> MediaFacts:
    with media_errors():
        facts = probe(path, formats=_KINDS)
        if facts.video is not None:
            raise MediaProblem("type", "this is a film; a song is taken here")
        if facts.audio is None or facts.duration <= 0:
            raise MediaProblem("unreadable", "there is no sound in it")
        if facts.audio.channels not in range(1, MAX_CHANNELS + 1) or facts.audio.sample_rate not in RATES:
            raise MediaProblem("unreadable", f"{facts.audio.channels} channels at {facts.audio.sample_rate} Hz")
    check_duration(facts.duration)
    return facts
