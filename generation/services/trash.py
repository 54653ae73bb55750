"""A person empties the own trash, so that its room is free before `MV_TRASH_DAYS` are over: the library's, and that
of the projects, whose clips go to the library's first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from generation.services.cleaning import cleanup_run, purge_steps
from generation.services.emptying import project_purge, projects_to_empty
from mvsite.accounts.models import User

MOST = 200  # a request: each of them may wait for the bucket
MOST_PROJECTS = 20  # a request: each with its scenes, takes and events


@dataclass(frozen=True, slots=True)
class Emptied:
    """What one call deleted, and whether there may be more to delete."""

    deleted: int
    size_bytes: int
    has_more: bool


def trash_empty(*, owner: User, most: int = MOST) -> Emptied:
    """Delete up to `most` songs, videos and portraits of a person's trash with their bytes, here and in the bucket.

    As `cleanup` does it: favourites stay, and so does what a project, link, lip-sync, cut or unfinished work needs.
    """
    thrown = Q(owner=owner, trashed_at__lte=timezone.now())
    deleted, size, before = 0, 0, -1
    while before < deleted:  # a cut that is gone no longer needs its song
        before = deleted
        for step in cleanup_run(purge_steps(thrown), failed=[]):  # what failed is in the log; the next cleanup ends it
            deleted += 1
            size += step.size
            if deleted == most:
                return Emptied(deleted, size, has_more=True)
    return Emptied(deleted, size, has_more=False)


def projects_empty(*, owner: User, most: int = MOST_PROJECTS) -> Iterator[UUID]:
    """Delete up to `most` projects of a person's trash, one transaction each, and yield the id of each.

    As `cleanup` does it: one with unfinished work or an open link stays, clips and finished videos go to the library's
    trash, songs and portraits stay, and so does the ledger.
    """
    now = timezone.now()
    for project in projects_to_empty(now).filter(owner=owner)[:most]:
        if project_purge(project=project, before=now):
            yield project.pk


def has_projects_to_empty(*, owner: User) -> bool:
    """Say whether a person's trash still holds a project that can be deleted."""
    return projects_to_empty(timezone.now()).filter(owner=owner).exists()
