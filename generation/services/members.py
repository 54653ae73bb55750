"""Who else may see or change a project."""

from typing import Any
from uuid import UUID

from django.db import transaction

from generation.models import Job, Member, MemberRole, Project
from mvsite.accounts.audit import AnyRequest, audit
from mvsite.accounts.models import User
from mvsite.common.errors import FieldError, UserError


def member_list(*, project: Project) -> list[dict[str, Any]]:
    """Return the people of a project, its owner first."""
    rows = Member.objects.filter(project=project).select_related("user").order_by("user__username")
    people = [(project.owner, "owner"), *((row.user, row.role) for row in rows)]
    return [{"user_id": str(user.pk), "username": user.get_username(), "role": str(role)} for user, role in people]


def role_of(person: User, row: Project | Job) -> str:
    """Say what somebody who reaches a project or job may do with it: `owner`, `edit` or `view`."""
    if row.owner_id == person.pk:
        return "owner"
    may_change = type(row).objects.for_user(person, edit=True).filter(pk=row.pk).exists()
    return str(MemberRole.EDIT if may_change else MemberRole.VIEW)


def member_set(
    *, project: Project, username: str, role: str, by: User, request: AnyRequest | None = None, via: str = ""
) -> Member:
    """Let somebody see or change a project. Raises user:request:invalid when nobody else is called so."""
    person = User.objects.filter(username=username, is_active=True).exclude(pk=project.owner_id).first()
    if person is None:
        detail = "Nobody else is called so."
        raise UserError("user:request:invalid", detail, errors=(FieldError("#/username", detail, "unknown"),))
    with transaction.atomic():
        row, _ = Member.objects.update_or_create(project=project, user=person, defaults={"role": role})
        detail_of = {"member": str(person.pk), "role": role}
        audit("member.set", request=request, by=by, via=via, about=project, detail=detail_of)
    return row


def member_remove(
    *, project: Project, user_id: UUID, by: User, request: AnyRequest | None = None, via: str = ""
) -> None:
    """Let somebody in no longer. Raises user:request:not_found when they are no member."""
    with transaction.atomic():
        gone, _ = Member.objects.filter(project=project, user_id=user_id).delete()
        if not gone:
            raise UserError("user:request:not_found")
        audit("member.removed", request=request, by=by, via=via, about=project, detail={"member": str(user_id)})
