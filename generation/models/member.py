"""Who else may see or change a project, and what they reach by that."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.choices import JobKind
from generation.models.job import ReservedId
from generation.models.project import Project
from generation.models.scene import Scene
from mvsite.accounts.reach import Wider, widen
from mvsite.common.models import TimestampedModel, UUIDModel


class MemberRole(models.TextChoices):
    """What a member may do with the project, its scenes, takes, jobs and films."""

    VIEW = "view"
    EDIT = "edit"


class Member(UUIDModel, TimestampedModel):
    """A person whom the owner lets into one project. What they make there belongs to the owner, who pays for it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=4, choices=MemberRole.choices, default=MemberRole.VIEW)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="member_once_per_project"),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} may {self.role}"


def _projects(user_id: UUID, /, *, edit: bool) -> list[UUID]:
    """Return the projects a person is a member of; a list, so that those without any keep their plain queries."""
    rows = Member.objects.filter(user_id=user_id, project__trashed_at=None)
    return list((rows.filter(role=MemberRole.EDIT) if edit else rows).values_list("project_id", flat=True))


def _hidden(user_id: UUID) -> tuple[Q, models.QuerySet[Scene]]:
    """Return where a person only looks, and the removed scenes there, which are for those who may take them back."""
    found = list(Member.objects.filter(user_id=user_id, role=MemberRole.VIEW).values_list("project_id", flat=True))
    return Q(project__in=found), Scene.objects.filter(project__in=found).exclude(trashed_at=None)


def _inside(user_id: UUID, /, *, edit: bool) -> Q:
    found = _projects(user_id, edit=edit)
    return Q(project__in=found) if found else Q()


def _worked(user_id: UUID, /, *, edit: bool) -> Q:
    inside = _inside(user_id, edit=edit)
    if edit or not inside:
        return inside
    looked, removed = _hidden(user_id)
    deleted = looked & Q(scene=None, kind__in=(JobKind.CLIP, JobKind.LIPSYNC))  # a scene's once
    return inside & ~Q(scene__in=removed) & ~deleted


def _itself(user_id: UUID, /, *, edit: bool) -> Q:
    found = _projects(user_id, edit=edit)
    return Q(pk__in=found) if found else Q()


def _shown(*fields: str) -> Wider:
    """Build the condition of files that a project names in one of `fields`; they are looked at, never changed."""

    def condition(user_id: UUID, /, *, edit: bool) -> Q:
        found = [] if edit else _projects(user_id, edit=edit)
        named = Q()
        for field in fields if found else ():
            named |= Q(pk__in=Project.objects.filter(pk__in=found).exclude(**{field: None}).values(field))
        return named

    return condition


def _filmed(user_id: UUID, /, *, edit: bool) -> Q:
    found = [] if edit else _projects(user_id, edit=edit)
    takes = Q()
    if found:
        takes = Q(take__scene__project__in=found) & ~Q(take__scene__in=_hidden(user_id)[1])
    return takes | _shown("final_video")(user_id, edit=edit)


def _pictured(user_id: UUID, /, *, edit: bool) -> Q:
    """Add to what a project shows, for who may choose among them, the portraits that its jobs made or it came with."""
    shown = _shown("character_reference", "product_image")(user_id, edit=edit)
    found = [] if edit else _projects(user_id, edit=True)
    if not found:
        return shown
    promised = ReservedId.objects.filter(job__project__in=found).values("pk")
    owners = Project.objects.filter(pk__in=found).values("owner")
    return shown | Q(pk__in=promised) | Q(metadata__project_id__in=[str(each) for each in found], owner__in=owners)


widen("generation.Project", _itself)
widen("generation.Job", _worked)
for inside in ("generation.Scene", "generation.SceneGeneration"):
    widen(inside, _inside)
widen("assets.Video", _filmed)
widen("assets.Audio", _shown("audio"))
widen("assets.CharacterReference", _pictured)
