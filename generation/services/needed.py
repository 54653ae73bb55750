"""Says which kept files something still needs: the one rule that everything which throws away asks."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from assets.models import Audio, StoredFile
from generation.models import Job, Project, Scene, Share, Take

UUID_IN_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def used(rows: Iterable[StoredFile]) -> set[UUID]:
    """Return the ids of those rows, in the trash or not, that a project, scene, link, cut or unfinished work needs."""
    ids = {row.pk for row in rows}
    project = Project.objects.filter(
        Q(final_video__in=ids) | Q(audio__in=ids) | Q(character_reference__in=ids) | Q(product_image__in=ids)
    )
    needed: set[UUID | None] = set()
    for names in project.values_list("final_video", "audio", "character_reference", "product_image"):
        needed.update(names)
    needed.update(Scene.objects.filter(selected__video__in=ids).values_list("selected__video", flat=True))
    needed.update(Take.objects.filter(source__video__in=ids).values_list("source__video", flat=True))
    shared = Share.objects.open(timezone.now()).filter(video__in=ids)
    needed.update(shared.values_list("video", flat=True))
    untrashed = Take.objects.filter(video__in=ids, video__trashed_at=None)
    needed.update(untrashed.values_list("video", flat=True))
    needed.update(Audio.objects.filter(original__in=ids).values_list("original", flat=True))
    needed.update(named_by_jobs())
    return {one for one in needed if one in ids}


def named_by_jobs() -> set[UUID]:
    """Return every id that the inputs or the promised results of unfinished work name."""
    named: set[UUID] = set()
    for params, reserved in Job.objects.unfinished().values_list("params", "reserved").iterator(chunk_size=200):
        named.update(UUID(text) for text in UUID_IN_TEXT.findall(f"{params} {reserved}"))
    return named
