"""Asking for songs: a cut of one, or one from YouTube."""

import uuid

from assets.models import Audio
from assets.services.downloads import check_youtube
from assets.sources.youtube import video_of
from generation import jobs
from generation.choices import JobKind
from generation.models import Job
from mvsite.accounts.models import User
from mvsite.common.errors import UserError


def trim_request(*, owner: User, audio_id: uuid.UUID, start_ms: int = 0, end_ms: int | None = None) -> Job:
    """Start cutting a song to `start_ms`..`end_ms` (milliseconds; the end is clamped to the song's).

    Raises user:media:missing; user:request:invalid when the start lies at or past the end.
    """
    audio = Audio.objects.for_user(owner).kept().filter(pk=audio_id).first()
    if audio is None:
        raise UserError("user:media:missing", "The song was not found.")
    end = min(end_ms or audio.duration_ms, audio.duration_ms)
    if end_ms is not None and end_ms <= start_ms < audio.duration_ms:
        raise UserError("user:request:invalid", "The cut ends before it starts.")
    if start_ms >= end:
        raise UserError("user:request:invalid", f"The song ends at {audio.duration_ms / 1000:.1f} s; start earlier.")
    new_id = uuid.uuid4()
    return jobs.enqueue(
        kind=JobKind.TRIM,
        owner=owner,
        params={"audio_id": str(new_id), "original_audio_id": str(audio_id), "start_ms": start_ms, "end_ms": end},
        reserved={"audio_id": str(new_id)},
        reserved_ids=[new_id],
    )


def download_request(*, owner: User, url: str) -> Job:
    """Start fetching the sound of one YouTube video as MP3.

    Raises user:download:not_installed, user:download:link.
    """
    check_youtube()
    video = video_of(url)
    new_id = uuid.uuid4()
    return jobs.enqueue(
        kind=JobKind.DOWNLOAD,
        owner=owner,
        params={"audio_id": str(new_id), "video": video},
        reserved={"audio_id": str(new_id)},
        reserved_ids=[new_id],
    )
