"""Making and changing projects."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from generation import events
from generation.models import Project
from generation.selectors import project_data
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

FIELDS = (
    "title",
    "mode",
    "idea",
    "character_description",
    "character_reference",
    "product_image",
    "audio",
    "config_flavor",
    "number_of_scenes",
    "cut_by",
    "target_duration",
    "seed",
    "favourite",
    "tags",
)


def project_create(*, owner: User, **fields: Any) -> Project:
    """Make a project; what is not given is empty."""
    with transaction.atomic():
        project = Project.objects.create(owner=owner, **fields)
        project_changed(project=project)
    return project


def project_update(*, project: Project, **fields: Any) -> Project:
    """Change the fields given; takes made from earlier values become stale by themselves."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"not fields of a project: {sorted(unknown)}")
    with transaction.atomic():
        for name, value in fields.items():
            setattr(project, name, value)
        project.save(update_fields=[*fields, "updated_at"])
        project.refresh_from_db()  # the row is ours now: what others changed meanwhile is told too
        project_changed(project=project)
    return project


def project_trash(*, project: Project) -> Project:
    """Move a project to the trash; running work goes on and its result waits there."""
    with transaction.atomic():
        project_lock(project=project)
        project.trashed_at = project.trashed_at or timezone.now()
        project.save(update_fields=["trashed_at", "updated_at"])
        project_changed(project=project)
    return project


def project_restore(*, project: Project) -> Project:
    """Take a project out of the trash."""
    with transaction.atomic():
        project_lock(project=project)
        project.trashed_at = None
        project.save(update_fields=["trashed_at", "updated_at"])
        project_changed(project=project)
    return project


def project_lock(*, project: Project) -> None:
    """Hold a project until the transaction ends. Raises user:request:not_found.

    `no_key`, as everywhere but where rows are deleted: whoever orders work for the project or a scene refers to it,
    which locks that row against deletion at the commit only, while holding the feed's row that an edit waits for.
    """
    if Project.objects.select_for_update(no_key=True).filter(pk=project.pk).first() is None:
        raise UserError("user:request:not_found")  # deleted for good meanwhile


def project_changed(*, project: Project) -> None:
    """Tell the feed what the project is now (without its scenes); inside the caller's transaction."""
    events.record("project.changed", stream=project.pk, data=project_data(project))
