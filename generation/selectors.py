"""Reads for the API, the pages and the events: rows in, plain data out."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Sum

from assets.models import Audio, CharacterReference, Video, VideoKind
from assets.shapes import poster_url, video_url
from generation import events
from generation.choices import CutBy, JobKind, ProjectMode
from generation.models import Job, Project, Scene, SceneGeneration, SceneVersion, Take
from generation.timeline import Span, lengths_of, marks_of, target_seconds, tile
from mvsite.accounts.models import User


def scenes_of(project: Project) -> QuerySet[Scene]:
    """Return the kept scenes of a project in order, with text and takes at hand."""
    return with_details(Scene.objects.filter(project=project, trashed_at=None)).order_by("index")


def with_details(scenes: QuerySet[Scene]) -> QuerySet[Scene]:
    """Fetch what `scene_data` reads in a fixed number of queries."""
    takes = Take.objects.select_related("video", "version").order_by("number")
    return scenes.select_related("current", "selected__video", "project").prefetch_related(
        Prefetch("takes", queryset=takes, to_attr="kept_takes")
    )


def scene_get(*, scene_id: uuid.UUID) -> Scene:
    """Return one scene with its details."""
    return with_details(Scene.objects.filter(pk=scene_id)).get()


def takes_of(scene: Scene) -> list[Take]:
    """Return the takes of a scene whose video is not in the trash, oldest first."""
    found: list[Take] = (
        scene.kept_takes
        if hasattr(scene, "kept_takes")
        else list(scene.takes.select_related("video", "version").order_by("number"))
    )
    return [take for take in found if take.video.trashed_at is None]


def selected_take(scene: Scene) -> Take | None:
    """Return the take that counts: the user's pick, else the newest."""
    takes = takes_of(scene)
    picked = [take for take in takes if take.pk == scene.selected_id]
    return next(iter(picked or takes[-1:]), None)


def original_take(take: Take) -> Take:
    """Return the take a lip-synced take was made from, or the take itself."""
    return take.source if take.source is not None else take


def take_data(take: Take, scene: Scene) -> dict[str, Any]:
    """Give a take: its video, which text it was made from, and what it was made from that has changed since."""
    video = take.video
    changed = _changed_since(take, scene)
    return {
        "id": str(take.pk),
        "number": take.number,
        "kind": video.kind,
        "video_id": str(video.pk),
        "video_url": video_url(video),
        "poster_url": poster_url(video),
        "duration": video.duration_ms / 1000,
        "version_id": str(take.version_id) if take.version_id else None,
        "source_take_id": str(take.source_id) if take.source_id else None,
        "stale": bool(changed),
        "stale_reasons": changed,
        "song_start": video.metadata.get("start_time"),
        "created_at": take.created_at.isoformat().replace("+00:00", "Z"),
        "is_mock": video.is_mock,
    }


def _changed_since(take: Take, scene: Scene) -> list[str]:
    """Name what a take was made from and is not any more: its scene's `text`, the project's `portrait` or `song`."""
    found = ["text"] if _words(take.version) not in (None, _words(scene.current)) else []
    project, facts = scene.project, take.video.metadata
    if project is None:
        return found
    today = {"character_reference_id": _text(reference_of(project)), "audio_id": _text(project.audio_id)}
    if facts.get("character_reference_id", today["character_reference_id"]) != today["character_reference_id"]:
        found.append("portrait")
    if take.video.kind == VideoKind.LIPSYNC and facts.get("audio_id", today["audio_id"]) != today["audio_id"]:
        found.append("song")
    return found


def _words(version: SceneVersion | None) -> tuple[str, str] | None:
    """Give what a version says; who goes back to words by an edit makes another version of the same."""
    return (version.description, version.negative_description) if version is not None else None


def reference_of(project: Project) -> uuid.UUID | None:
    """Name the picture that is in every clip of a project."""
    return project.product_image_id if project.mode == ProjectMode.PRODUCT else project.character_reference_id


def scene_data(scene: Scene) -> dict[str, Any]:
    """Give a scene with its text and takes."""
    chosen = selected_take(scene)
    text = scene.current
    return {
        "id": str(scene.pk),
        "project_id": str(scene.project_id) if scene.project_id else None,
        "index": scene.index,
        "description": text.description if text else "",
        "negative_description": text.negative_description if text else "",
        "version": text.number if text else 0,
        "version_id": str(text.pk) if text else None,
        "version_at": text.created_at.isoformat().replace("+00:00", "Z") if text else None,
        "takes": [take_data(take, scene) for take in takes_of(scene)],
        "selected_take_id": str(chosen.pk) if chosen else None,
        "selected_video_id": str(chosen.video_id) if chosen else None,
        "selected_at": scene.selected_at.isoformat().replace("+00:00", "Z") if scene.selected_at else None,
        "trashed": scene.trashed_at is not None,
        "trashed_at": scene.trashed_at.isoformat().replace("+00:00", "Z") if scene.trashed_at else None,
    }


def follows_song(project: Project) -> bool:
    """Whether the scenes have places of their own on the song, so that a missing one leaves a gap."""
    return project.cut_by != CutBy.CLIPS and project.audio_id is not None


def final_inputs(project: Project, scenes: list[Scene]) -> dict[str, Any]:
    """Name what a finished video of today would be made of; differing from what one was made of makes that stale."""
    takes = [selected_take(scene) for scene in scenes]
    gaps = follows_song(project)
    return {
        "takes": [str(take.video_id) if take else None for take in takes if take is not None or gaps],
        "audio": str(project.audio_id) if project.audio_id else None,
        "cut_by": project.cut_by,
        "target_duration": project.target_duration,
        **({"tempo": project.audio.tempo} if gaps and project.audio else {}),
    }


def project_spans(project: Project, scenes: list[Scene], *, patient: bool = False) -> list[Span] | None:
    """Return where each scene lies in the film; None while the song has not been heard yet, unless `patient`."""
    marks = marks_of(project.audio, project.cut_by, patient=patient)
    if marks is None:
        return None
    takes = [selected_take(scene) for scene in scenes]
    lengths = lengths_of([take.video.duration_ms / 1000 if take else None for take in takes])
    target = target_seconds(project.target_duration, project.audio)
    return tile(lengths, cut_by=project.cut_by, marks=marks, target=target)


def _timeline(project: Project, scenes: list[Scene]) -> dict[str, Any] | None:
    spans = project_spans(project, scenes)
    if spans is None:
        return None
    places = [
        {"scene_id": str(scenes[span.scene].pk), "start": round(span.start, 3), "end": round(span.end, 3)}
        for span in spans
    ]
    return {"seconds": places[-1]["end"] if places else 0.0, "spans": places}


def final_video(project: Project) -> Video | None:
    """Return the finished video, None when there is none or it lies in the trash."""
    made: Video | None = project.final_video
    return made if made is not None and made.trashed_at is None else None


def project_data(project: Project) -> dict[str, Any]:
    """Give a project without its scenes; `final_stale` compares the finished video with today's choice."""
    scenes = _kept_scenes(project)
    final = final_video(project)
    return {
        "id": str(project.pk),
        "title": project.title,
        "mode": project.mode,
        "idea": project.idea,
        "character_description": project.character_description,
        "character_reference_id": _text(project.character_reference_id),
        "product_image_id": _text(project.product_image_id),
        "audio_id": _text(project.audio_id),
        "config_flavor": project.config_flavor,
        "number_of_scenes": project.number_of_scenes,
        "cut_by": project.cut_by,
        "target_duration": project.target_duration,
        "timeline": _timeline(project, scenes),
        "seed": project.seed,
        "scene_ids": [str(scene.pk) for scene in scenes],
        "trashed_scenes": _trashed_scenes(project),
        "final_video_id": str(final.pk) if final else None,
        "final_video_url": video_url(final) if final else None,
        "final_stale": final is not None and project.final_inputs != final_inputs(project, scenes),
        "cost_usd": f"{project_cost(project):.4f}",
        "favourite": project.favourite,
        "tags": project.tags,
        "trashed": project.trashed_at is not None,
        "created_at": project.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": project.updated_at.isoformat().replace("+00:00", "Z"),
    }


def project_snapshot(project: Project) -> dict[str, Any]:
    """Give a project with its scenes, and the cursor from which the event feed goes on.

    The cursor is read first: an event that comes between is then told twice, never lost.
    """
    cursor = events.cursor(project.pk)
    fresh = projects_with_details(Project.objects.filter(pk=project.pk)).get()
    scenes = [scene_data(scene) for scene in _kept_scenes(fresh)]
    return {**project_data(fresh), "scenes": scenes, "cursor": cursor}


def _kept_scenes(project: Project) -> list[Scene]:
    return list(project.kept_scenes if hasattr(project, "kept_scenes") else scenes_of(project))


def projects_with_details(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Fetch what `project_data` reads in a fixed number of queries."""
    spent = Job.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(total=Sum("cost_usd"))
    trash = Scene.objects.filter(project=OuterRef("pk"), trashed_at__isnull=False).order_by()
    thrown = trash.values("project").annotate(total=Count("pk"))
    scenes = with_details(Scene.objects.filter(trashed_at=None)).order_by("index")
    rows = projects.select_related("final_video", "audio").annotate(
        spent_usd=Subquery(spent.values("total")), thrown_scenes=Subquery(thrown.values("total"))
    )
    return rows.prefetch_related(Prefetch("scenes", queryset=scenes, to_attr="kept_scenes"))


def _trashed_scenes(project: Project) -> int:
    if hasattr(project, "thrown_scenes"):
        return int(project.thrown_scenes or 0)
    return project.scenes.exclude(trashed_at=None).count()


def project_cost(project: Project) -> float:
    """Return what the project has cost so far, in USD."""
    if hasattr(project, "spent_usd"):
        return float(project.spent_usd or 0)
    return float(project.jobs.aggregate(total=Sum("cost_usd"))["total"] or 0)


def clips_under_way(project: Project) -> QuerySet[Job]:
    """Return the unfinished clip and lip-sync jobs of a project."""
    return Job.objects.filter(project=project, kind__in=(JobKind.CLIP, JobKind.LIPSYNC)).unfinished()


def keys_in_use(key: str = "") -> Iterator[str]:
    """Yield the storage key of every file that a row names, page by page; the trash counts. With `key` only that."""
    places: tuple[tuple[QuerySet[Any], str], ...] = (
        (Video.objects.all(), "key"),
        (Video.objects.all(), "poster_key"),
        (Audio.objects.all(), "key"),
        (CharacterReference.objects.all(), "key"),
        (SceneGeneration.objects.all(), "json_key"),
        (SceneGeneration.objects.all(), "markdown_key"),
    )
    for rows, field in places:
        named = rows.filter(**{field: key}) if key else rows.exclude(**{field: ""})
        yield from named.values_list(field, flat=True).iterator(chunk_size=1000)


def job_behind(*, user: User, reserved_id: uuid.UUID) -> Job | None:
    """Return the job that promised an id, if it is within this person's reach."""
    return Job.objects.for_user(user).filter(reservations=reserved_id).first()


def _text(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)
