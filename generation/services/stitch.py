"""Asking for a stitch: any videos in any order, or a project's own finished video."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from assets.models import Video
from generation.choices import JobKind
from generation.models import Job, Project, ReservedId, Scene, Take
from generation.selectors import final_inputs, follows_song, scenes_of, selected_take
from generation.services.references import audio_or_warning
from generation.services.starting import start_unless_busy
from mvsite.accounts.models import User
from mvsite.common.errors import UserError


def stitch_request(
    *,
    owner: User,
    video_ids: Sequence[uuid.UUID],
    audio_overlay_id: str | uuid.UUID | None = None,
    wishes: Mapping[str, Any] | None = None,
    project: Project | None = None,
    parent: Job | None = None,
    final_of: Mapping[str, Any] | None = None,
    timeline: Mapping[str, Any] | None = None,
    warnings: tuple[str, ...] = (),
) -> Job:
    """Start a stitch of `video_ids` in order; ids still in the making are waited for.

    `wishes` are the members of the call in SPEC (transition, overlay_fit, missing, …). With `final_of` the result
    becomes the project's finished video; with `timeline` it is laid out as `_timeline` says.
    Raises user:media:missing, user:request:invalid.
    """
    if not video_ids:
        raise UserError("user:request:invalid", "Name at least one clip.")
    given = dict(wishes or {})
    found = _known(owner, video_ids)
    missing = [each for each in video_ids if each not in found]
    if missing and (given.get("missing", "fail") != "skip" or len(missing) == len(video_ids)):
        names = ", ".join(str(each) for each in dict.fromkeys(missing))
        raise UserError("user:media:missing", f"Not found: {names}.", extra={"missing_video_ids": [*map(str, missing)]})
    audio, warning = audio_or_warning(owner=owner, audio_id=audio_overlay_id)
    new_id = uuid.uuid4()
    return start_unless_busy(
        "user:scene:busy",
        "The video of this project is being put together already.",
        kind=JobKind.STITCH,
        owner=owner,
        project=project,
        parent=parent,
        params={
            **given,
            "video_id": str(new_id),
            "video_ids": [str(each) for each in video_ids],
            "audio_overlay_id": str(audio.pk) if audio else None,
            "audio_overlay_warning": warning,
            "final_of": dict(final_of) if final_of is not None else None,
            "timeline": dict(timeline) if timeline is not None else None,
            "warnings": list(warnings),
        },
        reserved={"video_id": str(new_id)},
        reserved_ids=[new_id],
        unique_key=f"stitch:{project.pk}" if final_of is not None and project else "",
    )


def project_stitch(*, project: Project, parent: Job | None = None) -> Job:
    """Start the project's finished video from the chosen takes in scene order under its song.

    Scenes without a take are left out, or a slate where the cuts follow the song; either is named in the warnings.
    Raises user:project:nothing_to_stitch.
    """
    scenes = list(scenes_of(project))
    chosen = [(scene, selected_take(scene)) for scene in scenes]
    video_ids = [take.video_id for _, take in chosen if take is not None]
    if not video_ids:
        raise UserError("user:project:nothing_to_stitch")
    timeline = _timeline(project, chosen)
    left_out = [f"Scene {scene.index + 1} has no clip and was left out." for scene, take in chosen if take is None]
    return stitch_request(
        owner=project.owner,
        video_ids=video_ids,
        audio_overlay_id=project.audio_id,
        wishes={"suppress_video_audio": False, "missing": "skip" if timeline else "fail"},
        project=project,
        parent=parent,
        final_of=final_inputs(project, scenes),
        timeline=timeline,
        warnings=() if timeline else tuple(left_out),
    )


def _timeline(project: Project, chosen: Sequence[tuple[Scene, Take | None]]) -> dict[str, Any] | None:
    """Give what the film is laid out by, when its clips do not just follow each other."""
    if project.target_duration == "clips" and not follows_song(project):
        return None
    return {
        "cut_by": project.cut_by,
        "target_duration": project.target_duration,
        "audio_id": str(project.audio_id) if project.audio_id else None,
        "scenes": [[scene.index, str(take.video_id) if take else None] for scene, take in chosen],
    }


def project_restitch(*, project: Project) -> Job | None:
    """Put the finished video together anew; None while one is under way, which looks at its end whether it is late."""
    try:
        return project_stitch(project=project)
    except UserError as error:
        if error.code != "user:scene:busy":
            raise
        return None


def _known(owner: User, video_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    kept = Video.objects.for_user(owner).kept().filter(pk__in=video_ids).values_list("pk", flat=True)
    promised = ReservedId.objects.filter(owner=owner, pk__in=video_ids, job__kind__in=_MAKES_VIDEO)
    trashed = set(Video.objects.for_user(owner).trashed().filter(pk__in=video_ids).values_list("pk", flat=True))
    return {*kept, *promised.values_list("pk", flat=True)} - trashed


_MAKES_VIDEO = (JobKind.CLIP, JobKind.LIPSYNC, JobKind.STITCH)
