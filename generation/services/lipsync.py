"""Asking for a lip-sync: a clip, a window of the song, one new take."""

import uuid
from decimal import Decimal

from assets.models import Audio, Video
from generation import money
from generation.choices import JobKind
from generation.models import Job, Scene
from generation.providers.registry import resolve
from generation.selectors import job_behind, original_take, selected_take
from generation.services.choosing import confirm_price
from generation.services.starting import start_unless_busy
from mvsite.accounts.models import User
from mvsite.common.errors import UserError


def lipsync_request(
    *,
    owner: User,
    video_id: uuid.UUID,
    audio_id: uuid.UUID,
    start_time: float | None = None,
    end_time: float | None = None,
    scene: Scene | None = None,
    confirm_cost_usd: Decimal | None = None,
) -> Job:
    """Start a lip-sync of a clip to seconds `start_time`..`end_time` of a song (default: 0 and the clip's length).

    The clip may still be in the making; the job waits for it.
    Raises user:media:missing, user:request:invalid, user:lipsync:running, user:cost:confirm.
    """
    video = Video.objects.for_user(owner).kept().filter(pk=video_id).first()
    if video is None and job_behind(user=owner, reserved_id=video_id) is None:
        raise UserError("user:media:missing", "The clip was not found.")
    audio = Audio.objects.for_user(owner).kept().filter(pk=audio_id).first()
    if audio is None:
        raise UserError("user:media:missing", "The song was not found.")
    start = start_time or 0.0
    _check_window(audio, start, end_time)
    choice = resolve("lipsync.default")
    estimate = money.price(choice.model, {"seconds": video.duration_ms / 1000 if video else 8})
    confirm_price(estimate=estimate, confirmed=confirm_cost_usd)
    new_id = uuid.uuid4()
    return start_unless_busy(
        "user:lipsync:running",
        kind=JobKind.LIPSYNC,
        owner=owner,
        project=scene.project if scene else None,
        scene=scene,
        params={
            "video_id": str(new_id),
            "source_video_id": str(video_id),
            "audio_id": str(audio_id),
            "start_time": start,
            "end_time": end_time,
            "model": choice.model,
            "warnings": [],
        },
        provider=choice.provider,
        model=choice.model,
        reserved={"video_id": str(new_id)},
        reserved_ids=[new_id],
        estimated_cost_usd=estimate,
        unique_key=f"lipsync:{video_id}",
    )


def _check_window(audio: Audio, start: float, end: float | None) -> None:
    if start * 1000 >= audio.duration_ms:
        raise UserError("user:request:invalid", "The lip-sync starts after the end of the song.")
    if end is not None and end <= start:
        raise UserError("user:request:invalid", "The lip-sync ends before it starts.")


def scene_lipsync_request(*, scene: Scene, confirm_cost_usd: Decimal | None = None) -> Job:
    """Lip-sync a scene's chosen take to its place in the project's song. Raises user:project:incomplete."""
    project = scene.project
    chosen = selected_take(scene)
    if project is None or project.audio is None or chosen is None:
        raise UserError("user:project:incomplete", "A lip-sync needs a song and a clip of this scene.")
    source = original_take(chosen)
    # The timeline so far is clips end to end; every scene in front counts with the length of its chosen take.
    start = sum(
        take.video.duration_ms / 1000 if (take := selected_take(before)) else 8.0
        for before in project.scenes.filter(trashed_at=None, index__lt=scene.index)
    )
    return lipsync_request(
        owner=scene.owner,
        video_id=source.video_id,
        audio_id=project.audio.pk,
        start_time=start,
        scene=scene,
        confirm_cost_usd=confirm_cost_usd,
    )
