"""From a stitch job's inputs to what the media room is asked for: ids become files, lost sounds become warnings."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assets import storage
from assets.media.stitch import StitchWishes, Track
from assets.models import Audio
from assets.services.audio import exact_sound
from generation.models import Job
from mvsite.common.errors import AppError, MediaError
from mvsite.logs import debug_event, warn_event

log = logging.getLogger(__name__)
_PLAIN = (
    "suppress_video_audio",
    "video_audio_volume",
    "overlay_volume",
    "transition",
    "transition_seconds",
    "overlay_fit",
    "overlay_from",
    "overlay_start_ms",
    "fade_in_seconds",
    "fade_out_seconds",
    "normalize_loudness",
    "aspect_ratio",
    "aspect_fit",
    "resolution",
    "quality",
)


@contextmanager
def wishes_for(job: Job) -> Iterator[tuple[StitchWishes, list[str], str | None]]:
    """Give the wishes with local files, valid inside the `with`; warnings about lost sounds; and the song's own.

    Raises `AppError` app:storage:* for a sound that is there but cannot be fetched or cut now.
    """
    params = job.params
    plain = {name: params[name] for name in _PLAIN if params.get(name) is not None}
    warnings: list[str] = []
    with ExitStack() as stack:
        overlay = _sound(stack, job, params["audio_overlay_id"], warnings)
        song_warning = warnings[0] if warnings else None
        tracks = []
        for wish in params.get("audio_tracks") or ():
            path = _sound(stack, job, wish["audio_id"], warnings)
            if path is not None:
                tracks.append(Track(path, start=wish.get("start", 0.0), volume=wish.get("volume", 1.0)))
        debug_event(
            "stitch_audio_params",
            audio_overlay_id=params["audio_overlay_id"],
            tracks=len(tracks),
            start=(params.get("overlay_start_ms") or 0) / 1000,
        )
        skip = params.get("missing", "fail") == "skip"
        wishes = StitchWishes(audio_overlay=overlay, audio_tracks=tuple(tracks), skip_broken=skip, **plain)
        yield wishes, warnings, song_warning


def _sound(stack: ExitStack, job: Job, audio_id: str | None, warnings: list[str]) -> Path | None:
    if audio_id is None:
        return None
    found = Audio.objects.filter(pk=audio_id, owner_id=job.owner_id).first()
    try:
        if found is not None:
            return stack.enter_context(exact_sound(found))
        reason = "gone"
    except (AppError, MediaError) as error:
        of_storage = error.code.startswith("app:storage:")
        if of_storage and found is not None and storage.is_kept(found.key):
            raise  # a film without its song would take the place of one with it
        log.warning("file_missing", extra={"code": error.code, "audio_id": audio_id})
        reason = "gone" if of_storage else error.detail
    warn_event("audio_overlay_not_found", audio_overlay_id=audio_id, reason=reason)
    if reason == "gone":
        warnings.append("A song is gone; the video is made without it.")
    else:
        warnings.append(f"A song was left out: {reason}")
    return None
