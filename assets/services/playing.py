"""The MP3 beside a song that not every browser plays: made once, in the background, and again when it is missing."""

from functools import partial
from pathlib import Path

from assets.keys import playable_key
from assets.media.audio import to_mp3
from assets.media.errors import FFmpegError
from assets.models import Audio
from assets.services.derived import derived
from assets.validators import media_errors
from mvsite.common.errors import AppError, UserError

# What all browsers of today play, by kind of file and codec; Safari and older phones lack Ogg, Opus and WebM.
_EVERYWHERE = {
    "mp3": ("mp3", "mp3float"),
    "m4a": ("aac",),
    "aac": ("aac",),
    "wav": ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"),
    "flac": ("flac",),
}


def plays_everywhere(audio: Audio) -> bool:
    """Say whether every browser plays a song as it is."""
    return audio.codec in _EVERYWHERE.get(audio.key.rsplit(".", 1)[-1], ())


def make_playable(*, audio: Audio) -> None:
    """Make the MP3 of a song that needs one; what takes longer than a request may goes on in the background.

    Raises what `audio_playable` raises, but for user:media:not_ready.
    """
    if plays_everywhere(audio):
        return
    try:
        audio_playable(audio=audio)
    except UserError as error:
        if error.code != "user:media:not_ready":
            raise


def audio_playable(*, audio: Audio) -> str:
    """Return the key of a song's MP3, the song's own when it is one.

    Raises user:media:not_ready while a long one is being made, media:file:*, app:render:failed, app:storage:*.
    """
    if audio.mime == "audio/mpeg":
        return audio.key
    return derived(
        key=playable_key(audio.key),
        source=audio.key,
        make=partial(_mp3, seconds=audio.duration_ms / 1000),
        patient=False,
    )


def _mp3(source: Path, target: Path, *, seconds: float) -> None:
    with media_errors():
        try:
            to_mp3(source, target, seconds=seconds)
        except FFmpegError as error:
            raise AppError("app:render:failed", "The song could not be turned into an MP3.") from error
