"""Deletes projects and scenes that lay in the trash for long enough; the ledger of what they cost stays.

Their clips and the finished video go to the trash first, from where they can be taken back as long again; songs,
portraits and films that a person uploaded stay in the library, and so does what is a favourite or needed elsewhere.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from assets.models import Video, VideoKind
from assets.services.library import asset_trash
from generation.models import EventStream, Job, Project, Scene, Share
from generation.services.needed import used


def projects_to_empty(before: datetime) -> QuerySet[Project]:
    """Return the projects thrown away before a moment, of which no work is unfinished and no link is open."""
    thrown = Project.objects.filter(trashed_at__lt=before).order_by("trashed_at", "pk")
    working = Job.objects.unfinished().filter(project__isnull=False)
    return thrown.exclude(pk__in=working.values("project")).exclude(pk__in=_shared())


def scenes_to_empty(before: datetime) -> QuerySet[Scene]:
    """Return the scenes thrown away before a moment, of which no work is unfinished, of projects that stay."""
    thrown = Scene.objects.filter(trashed_at__lt=before).order_by("trashed_at", "pk")
    stays = thrown.filter(Q(project=None) | Q(project__trashed_at=None) | Q(project__trashed_at__gte=before))
    return stays.exclude(pk__in=Job.objects.unfinished().filter(scene__isnull=False).values("scene"))


def project_purge(*, project: Project, before: datetime) -> bool:
    """Delete a project that still is to be emptied; says whether it was."""
    with transaction.atomic():
        found = Project.objects.select_for_update().filter(pk=project.pk, trashed_at__lt=before).first()
        if found is None or not projects_to_empty(before).filter(pk=found.pk).exists():
            return False
        films = Video.objects.filter(Q(take__scene__project=found) | Q(pk=found.final_video_id)).distinct()
        thrown = list(films)
        Job.objects.filter(project=found).update(project=None)  # the ledger hangs on its jobs
        EventStream.objects.filter(pk=found.pk).delete()
        found.delete()
        _throw_away(thrown)
    return True


def scene_purge(*, scene: Scene, before: datetime) -> bool:
    """Delete a scene that still is to be emptied, with its texts and takes; says whether it was."""
    with transaction.atomic():
        found = Scene.objects.select_for_update().filter(pk=scene.pk, trashed_at__lt=before).first()
        if found is None or not scenes_to_empty(before).filter(pk=found.pk).exists():
            return False
        thrown = list(Video.objects.filter(take__scene=found))
        found.delete()
        _throw_away(thrown)
    return True


def _throw_away(films: Iterable[Video]) -> None:
    made = (film for film in films if film.kind != VideoKind.UPLOAD)
    kept = [film for film in made if film.trashed_at is None and not film.favourite]
    needed = used(kept)
    for film in kept:
        if film.pk not in needed:
            asset_trash(asset=film)


def _shared() -> QuerySet[Share]:
    shares = Share.objects.open(timezone.now()).filter(project__isnull=False)
    return shares.values("project")  # type: ignore[return-value]  # names what the filter above compares with
