"""Asking for a lip-sync: a clip, a window of the song, one new take."""

import math
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assets.models import Audio, Video
from flavors.selectors import flavor_resolve
from generation.choices import JobKind
from generation.models import Job, Project, Scene
from generation.selectors import job_behind, original_take, project_spans, scenes_of, selected_take
from generation.services.choosing import Naming, Offer, choose
from generation.services.starting import start_unless_busy
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

USUAL_SECONDS = 8.0


def lipsync_offer(
    *,
    seconds: float,
    named: Mapping[str, Any] | None = None,
    config_flavor: str | None = None,
    project: Project | None = None,
) -> Offer:
    """Say who would lip-sync a clip of so many seconds, and for how much.

    `named` may hold `model`, `backend` and `fail_over`. Raises provider:feature:missing, user:model:retired.
    """
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    given = named or {}
    naming = Naming(
        given.get("model"), flavor.video_params.get("lipsync_model"), given.get("backend"), given.get("fail_over")
    )
    option = choose("lipsync", {"seconds": seconds}, ["seconds"], naming)
    return Offer(JobKind.LIPSYNC, option, flavor, warnings=option.warnings)


def lipsync_request(
    *,
    owner: User,
    video_id: uuid.UUID,
    audio_id: uuid.UUID,
    start_time: float | None = None,
    end_time: float | None = None,
    scene: Scene | None = None,
    named: Mapping[str, Any] | None = None,
    config_flavor: str | None = None,
    confirm_cost_usd: Decimal | None = None,
) -> Job:
    """Start a lip-sync of a clip to seconds `start_time`..`end_time` of a song (default: 0 and the clip's length).

    The clip may still be in the making; the job waits for it. `named` is who shall make it, as in `lipsync_offer`.
    Raises user:media:missing, user:request:invalid, user:lipsync:running, user:cost:confirm, user:model:retired.
    """
    seconds = clip_seconds(owner=owner, video_id=video_id)
    audio = Audio.objects.for_user(owner).kept().filter(pk=audio_id).first()
    if audio is None:
        raise UserError("user:media:missing", "The song was not found.")
    start = start_time or 0.0
    _check_window(audio, start, end_time)
    project = scene.project if scene else None
    offer = lipsync_offer(seconds=seconds, named=named, config_flavor=config_flavor, project=project)
    offer.confirm(confirm_cost_usd)
    new_id = uuid.uuid4()
    return start_unless_busy(
        "user:lipsync:running",
        **offer.bought(),
        owner=owner,
        project=project,
        scene=scene,
        params={
            **offer.snapshot(),
            "video_id": str(new_id),
            "source_video_id": str(video_id),
            "audio_id": str(audio_id),
            "start_time": start,
            "end_time": end_time,
        },
        reserved={"video_id": str(new_id)},
        reserved_ids=[new_id],
        unique_key=f"lipsync:{video_id}",
    )


def clip_seconds(*, owner: User, video_id: uuid.UUID) -> float:
    """Return how long a clip is, or what its job was asked for when it is still being made.

    Raises user:media:missing.
    """
    video = Video.objects.for_user(owner).kept().filter(pk=video_id).first()
    if video is not None:
        return video.duration_ms / 1000
    job = job_behind(user=owner, reserved_id=video_id)
    if job is None:
        raise UserError("user:media:missing", "The clip was not found.")
    return float(job.params.get("duration") or USUAL_SECONDS)


def _check_window(audio: Audio, start: float, end: float | None) -> None:
    if start * 1000 >= audio.duration_ms:
        raise UserError("user:request:invalid", "The lip-sync starts after the end of the song.")
    if end is not None and end <= start:
        raise UserError("user:request:invalid", "The lip-sync ends before it starts.")


def scene_lipsync_offer(
    *, scene: Scene, named: Mapping[str, Any] | None = None, config_flavor: str | None = None
) -> Offer:
    """Say who would lip-sync a scene's chosen take, or a usual clip when there is none yet, and for how much."""
    chosen = selected_take(scene)
    seconds = original_take(chosen).video.duration_ms / 1000 if chosen else USUAL_SECONDS
    return lipsync_offer(seconds=seconds, named=named, config_flavor=config_flavor, project=scene.project)


def _begin(project: Project, scene: Scene, clip: Video) -> float:
    """Give the second of the song at which the scene's first picture is shown.

    The film's cuts fall between pictures, so the moment is that of a picture, not of the beat beside it.
    Raises user:media:not_ready while the song has not been heard yet.
    """
    scenes = list(scenes_of(project))
    spans = project_spans(project, scenes)
    if spans is None:
        raise UserError("user:media:not_ready", "The song is still being listened to.", extra={"retry_after": 2})
    span = next((each for each in spans if scenes[each.scene].pk == scene.pk), None)
    if span is None:
        raise UserError("user:request:invalid", "This scene lies past the end of the film.")
    return math.floor(span.start * clip.fps + 0.5) / clip.fps


def scene_lipsync_request(
    *,
    scene: Scene,
    named: Mapping[str, Any] | None = None,
    config_flavor: str | None = None,
    confirm_cost_usd: Decimal | None = None,
) -> Job:
    """Lip-sync a scene's chosen take to its place in the project's song, for as long as the clip lasts.

    Raises user:project:incomplete, user:media:not_ready, user:request:invalid."""
    project = scene.project
    chosen = selected_take(scene)
    if project is None or project.audio is None or chosen is None:
        raise UserError("user:project:incomplete", "A lip-sync needs a song and a clip of this scene.")
    source = original_take(chosen)
    start = _begin(project, scene, source.video)
    return lipsync_request(
        owner=scene.owner,
        video_id=source.video_id,
        audio_id=project.audio.pk,
        start_time=start,
        scene=scene,
        named=named,
        config_flavor=config_flavor,
        confirm_cost_usd=confirm_cost_usd,
    )
