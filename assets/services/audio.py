"""Songs: kept from a file, uploaded, and cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from assets import storage
from assets.keys import audio_key
from assets.media.audio import cut, trim
from assets.media.checkup import Song, check_song
from assets.media.copying import MUXERS
from assets.media.errors import FFmpegError, FFmpegTimeoutError, MediaProblem
from assets.media.ffmpeg import Progress
from assets.media.probe import probe
from assets.media.samples import MAX_CHANNELS, RATES
from assets.media.sniff import AUDIO_KINDS
from assets.models import Audio, AudioSource
from assets.services.keeping import first_copy, kept_once, taken_in
from assets.services.playing import make_playable
from assets.validators import check_duration, media_errors, sniffed, song_mime
from mvsite.accounts.models import User
from mvsite.common.errors import AppError, MediaError
from mvsite.common.text import clean_title, title_from_name

_KINDS = AUDIO_KINDS | {"mp4"}  # an MP4 without a picture is an M4A that says less


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
    any_length: bool = False,
) -> Audio:
    """Keep a song under a reserved id; called again it returns the row that is there.

    `any_length` lets in one that is longer than `MV_MAX_AUDIO_MINUTES`. Raises `MediaError` media:file:*,
    `AppError` app:storage:*.
    """
    kept = Audio.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    row = taken_in(lambda: _received(id=id, owner=owner, path=path, source=source, any_length=any_length))
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
    sniffed(path, allowed=_KINDS)
    with media_errors(), storage.disk_errors():
        song = check_song(path, longest=settings.MV_MAX_AUDIO_MINUTES * 60)
    row = _received(id=uuid4(), owner=owner, path=path, source=AudioSource.UPLOAD, known=song)
    row.title = clean_title(title) or clean_title(song.name) or title_from_name(name)
    make_playable(audio=row)
    return row


def audio_origin(audio: Audio) -> tuple[Audio, int]:
    """Return the song that `audio` was cut from, with the milliseconds at which it begins there, so that cuts of cuts
    miss by no more than one; the song itself and 0 when it is no cut, or its original's file is gone.
    """
    if audio.original is not None and storage.exists(audio.original.key):
        return audio.original, audio.start_ms or 0
    return audio, 0


@contextmanager
def exact_sound(audio: Audio) -> Iterator[Path]:
    """Give a file of exactly what `audio` stands for: a cut that was made by whole packets is cut anew, as WAV.

    Raises `MediaError` media:*, `AppError` app:render:failed, app:storage:*.
    """
    whole, offset = audio_origin(audio)
    if whole.pk == audio.pk or audio.metadata.get("format") not in MUXERS:
        with storage.local_path(audio.key) as path:
            yield path
        return
    with storage.temp_dir() as folder:
        with storage.local_path(whole.key) as path, _cutting():
            cut(path, folder / "sound.wav", start_ms=offset, end_ms=audio.end_ms)
        yield folder / "sound.wav"


def audio_trim(
    *,
    id: UUID,  # noqa: A002 - the row's own word
    source: Audio,
    start_ms: int = 0,
    end_ms: int | None = None,
    progress: Progress | None = None,
) -> Audio:
    """Cut a song and keep the cut under a reserved id; the end is clamped to the song.

    The row names the whole song it comes from, however many cuts lie between, and counts from that song's start; the
    cut is made from that song too. `progress` hears 0..1 and may raise to stop. Raises `MediaError`
    media:audio:silent_window, media:file:*, `AppError` app:job:deadline after 60 s, app:render:failed, app:storage:*.
    """
    kept = Audio.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    first, offset = (source.original, source.start_ms or 0) if source.original else (source, 0)
    whole, begin = audio_origin(source)
    length = source.end_ms - (source.start_ms or 0) if source.end_ms is not None else None
    end_ms = min((each for each in (end_ms, length) if each is not None), default=None)
    if length is not None and start_ms >= length:
        raise MediaError("media:audio:silent_window")
    with storage.temp_dir() as folder, storage.local_path(whole.key) as path:
        target = folder / "cut"
        with _cutting():
            until = None if end_ms is None else begin + end_ms
            seconds = trim(path, target, start_ms=begin + start_ms, end_ms=until, progress=progress).seconds
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


@contextmanager
def _cutting() -> Iterator[None]:
    try:
        with media_errors(), storage.disk_errors():
            yield
    except FFmpegTimeoutError as error:
        raise AppError("app:job:deadline", "The cut took longer than 60 s.") from error
    except FFmpegError as error:
        raise AppError("app:render:failed", "The song could not be cut.") from error


def _received(
    *,
    id: UUID,  # noqa: A002 - the row's own word
    owner: User,
    path: Path,
    source: AudioSource,
    known: Song | None = None,
    any_length: bool = False,
) -> Audio:
    """Probe and store a song, unless it is `known` what it is; its row is not saved yet."""
    kind = sniffed(path, allowed=_KINDS)
    kind = "m4a" if kind == "mp4" else kind
    key = audio_key(id, kind)
    with first_copy(key, path) as kept:
        sound = known or _probed(kept)
        if not any_length:
            check_duration(sound.seconds)
        stored = storage.store(key=key, source=kept)
    return Audio(
        id=id,
        owner=owner,
        key=key,
        mime=song_mime(kind),
        size_bytes=stored.size,
        sha256=stored.sha256,
        duration_ms=max(1, round(sound.seconds * 1000)),
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


def _probed(path: Path) -> Song:
    with media_errors():
        facts = probe(path, formats=_KINDS)
        if facts.video is not None:
            raise MediaProblem("type", "this is a film; a song is taken here")
        sound = facts.audio
        if sound is None or facts.duration <= 0:
            raise MediaProblem("unreadable", "there is no sound in it")
        if sound.channels not in range(1, MAX_CHANNELS + 1) or sound.sample_rate not in RATES:
            raise MediaProblem("unreadable", f"{sound.channels} channels at {sound.sample_rate} Hz")
    return Song(sound.codec, sound.sample_rate, sound.channels, facts.duration)
