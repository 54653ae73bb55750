"""Songs that are fetched from YouTube and kept as MP3."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from assets import storage
from assets.media.audio import song_seconds, to_mp3
from assets.media.errors import FFmpegError
from assets.models import Audio, AudioSource
from assets.services.audio import audio_create_from_file
from assets.sources import youtube
from assets.validators import check_duration, media_errors
from mvsite.accounts.models import User
from mvsite.common.errors import AppError, UserError

_DOWNLOAD, _MP3 = 0.8, 0.15  # their shares of the whole work


def check_youtube() -> None:
    """Refuse when songs from YouTube cannot be had here. Raises `UserError` user:download:not_installed."""
    problem = youtube.problem()
    if problem:
        raise UserError("user:download:not_installed", problem)


def audio_download(*, id: UUID, owner: User, video: str, tick: Callable[[float], None]) -> Audio:  # noqa: A002
    """Fetch the sound of the YouTube video with this id and keep it under a reserved id; again, it returns the row.

    `tick` hears 0..1; what it raises stops everything and leaves nothing. Raises user:download:*, user:url:refused,
    media:file:*, provider:download:*, app:render:failed, app:storage:*.
    """
    kept = Audio.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    check_youtube()
    storage.ensure_space(settings.MV_FETCH_MAX_MB * 1_000_000)
    with storage.temp_dir() as folder:
        (folder / "in").mkdir()
        came = youtube.fetch(video, folder=folder / "in", tick=lambda part: tick(_DOWNLOAD * part))
        song = folder / "song.mp3"
        _convert(came.path, song, lambda part: tick(_DOWNLOAD + _MP3 * part))
        return audio_create_from_file(
            id=id,
            owner=owner,
            path=song,
            source=AudioSource.YOUTUBE,
            title=f"{came.artist} - {came.title}" if came.artist else came.title,
            metadata={"video_id": video, "page_url": youtube.page_of(video), "uploader": came.uploader[:120]},
        )


def _convert(source: Path, target: Path, progress: Callable[[float], None]) -> None:
    """Make an MP3 of whatever came, which is as little believed as an upload."""
    with media_errors(), storage.disk_errors():
        seconds = song_seconds(source)
        check_duration(seconds)
        try:
            to_mp3(source, target, seconds=seconds, progress=progress)
        except FFmpegError as error:
            raise AppError("app:render:failed", "The sound could not be turned into an MP3.") from error
