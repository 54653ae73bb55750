"""Asking for a stitch: any videos in any order, or a project's own finished video."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from assets.models import Video, VideoKind
from generation import jobs
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
    asked_for: bool = True,
    among: Project | None = None,
) -> Job:
    """Start a stitch of `video_ids` in order; ids still in the making are waited for.

    `wishes` are the members of the call in SPEC (transition, overlay_fit, missing, …). With `final_of` the result
    becomes the project's finished video; with `timeline` it is laid out as `_timeline` says. One that started by itself
    and is under way gives its place to one that is asked for, unless it makes the very film. With `among` songs are of
    that project.
    Raises user:media:missing, user:request:invalid, user:scene:busy.
    """
    if not video_ids:
        raise UserError("user:request:invalid", "Name at least one clip.")
    given = dict(wishes or {})
    _check_known(owner, video_ids, may_miss=given.get("missing", "fail") == "skip")
    audio, warning = audio_or_warning(owner=owner, audio_id=audio_overlay_id, among=among)
    if among is not None:
        warnings = (*warnings, *_without_foreign_tracks(given, owner, among))
    params = {
        **given,
        "video_ids": [str(each) for each in video_ids],
        "audio_overlay_id": str(audio.pk) if audio else None,
        "audio_overlay_warning": warning,
        "final_of": dict(final_of) if final_of is not None else None,
        "timeline": dict(timeline) if timeline is not None else None,
        "warnings": list(warnings),
        "automatic": not asked_for,
    }
    key = f"stitch:{project.pk}" if final_of is not None and project else ""
    with transaction.atomic():
        under_way = _automatic(owner, key) if asked_for else None
        if under_way is not None:
            if _film_of(under_way.params) == _film_of(params):
                return under_way
            parent = jobs.supersede(under_way) or parent
        return _start(params, unique_key=key, owner=owner, project=project, parent=parent, asked_for=asked_for)


def _without_foreign_tracks(given: dict[str, Any], owner: User, among: Project) -> list[str]:
    """Leave out tracks whose songs are not in the project; give a warning for each."""
    tracks = given.get("audio_tracks") or []
    known = [audio_or_warning(owner=owner, audio_id=track["audio_id"], among=among) for track in tracks]
    if tracks:
        given["audio_tracks"] = [track for track, (song, _) in zip(tracks, known, strict=True) if song is not None]
    return [warning for _, warning in known if warning]


def _start(params: dict[str, Any], **words: Any) -> Job:
    new_id = uuid.uuid4()
    return start_unless_busy(
        "user:scene:busy",
        "The video of this project is being put together already.",
        kind=JobKind.STITCH,
        params={**params, "video_id": str(new_id)},
        reserved={"video_id": str(new_id)},
        reserved_ids=[new_id],
        **words,
    )


def _automatic(owner: User, key: str) -> Job | None:
    """Find the stitch under way for this place that nobody asked for."""
    found = Job.objects.filter(owner=owner, unique_key=key, kind=JobKind.STITCH).unfinished().first() if key else None
    return found if found is not None and found.params.get("automatic") else None


def _film_of(params: Mapping[str, Any]) -> str:
    """Tell what a stitch makes, without the id it promises and who wished it."""
    return json.dumps({name: params[name] for name in params.keys() - {"video_id", "automatic"}}, sort_keys=True)


def project_stitch(*, project: Project, parent: Job | None = None, asked_for: bool = True) -> Job:
    """Start the project's finished video from the chosen takes in scene order under its song.

    One that is not `asked_for` gives its place to one that is.
    Scenes without a take are left out, or a slate where the cuts follow the song; either is named in the warnings.
    Raises user:project:nothing_to_stitch.
    """
    scenes = list(scenes_of(project))
    chosen = [(scene, selected_take(scene)) for scene in scenes]
    video_ids = [take.video_id for _, take in chosen if take is not None]
    if not video_ids:
        raise UserError("user:project:nothing_to_stitch")
    timeline = _timeline(project, chosen)
    return stitch_request(
        owner=project.owner,
        video_ids=video_ids,
        audio_overlay_id=project.audio_id,
        wishes={"suppress_video_audio": False, "missing": "skip" if timeline else "fail"},
        project=project,
        parent=parent,
        final_of=final_inputs(project, scenes),
        timeline=timeline,
        warnings=() if timeline else tuple(_without_places(chosen)),
        asked_for=asked_for,
    )


def _without_places(chosen: Sequence[tuple[Scene, Take | None]]) -> list[str]:
    """Name the scenes that are left out, and the lip-synced ones after them: their lips follow another moment."""
    warnings, earlier = [], False
    for scene, take in chosen:
        if take is None:
            earlier = True
            warnings.append(f"Scene {scene.index + 1} has no clip and was left out.")
        elif earlier and take.video.kind == VideoKind.LIPSYNC:
            warnings.append(
                f"Scene {scene.index + 1} comes earlier than its part of the song, because a scene before it is "
                "missing: its lips do not fit."
            )
    return warnings


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
    """Put the finished video together anew, though nobody asked for it; None while one is under way.

    That one looks at its end whether it is late.
    """
    try:
        return project_stitch(project=project, asked_for=False)
    except UserError as error:
        if error.code != "user:scene:busy":
            raise
        return None


def _check_known(owner: User, video_ids: Sequence[uuid.UUID], *, may_miss: bool) -> None:
    found = _known(owner, video_ids)
    missing = [each for each in video_ids if each not in found]
    if missing and (not may_miss or len(missing) == len(video_ids)):
        names = ", ".join(str(each) for each in dict.fromkeys(missing))
        raise UserError("user:media:missing", f"Not found: {names}.", extra={"missing_video_ids": [*map(str, missing)]})


def _known(owner: User, video_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    kept = Video.objects.for_user(owner).kept().filter(pk__in=video_ids).values_list("pk", flat=True)
    promised = ReservedId.objects.filter(owner=owner, pk__in=video_ids, job__kind__in=_MAKES_VIDEO)
    trashed = set(Video.objects.for_user(owner).trashed().filter(pk__in=video_ids).values_list("pk", flat=True))
    return {*kept, *promised.values_list("pk", flat=True)} - trashed


_MAKES_VIDEO = (JobKind.CLIP, JobKind.LIPSYNC, JobKind.STITCH)
