"""Writing into the audit log: what happened, to which row, and whose that is."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from mvsite.accounts.models import AuditEntry, User
from mvsite.common.visitors import address_of
from mvsite.logs import redact

AnyRequest = HttpRequest | Request
_KINDS = (
    "audio",
    "characterreference",
    "job",
    "project",
    "scene",
    "scenegeneration",
    "video",
)  # whose rows others reach
# Every action that is written, for whoever narrows the log: asking its rows would read all of them.
ACTIONS = (
    *("admin.changed", "admin.created", "admin.looked", "admin.searched"),
    *("flavor.changed", "flavor.made", "flavor.reset"),
    *("invitation.accepted", "invitation.made", "member.removed", "member.set"),
    *("password.changed", "password.link_made", "password.refused", "password.reset", "password.set"),
    *("share.opened", "share.played", "sign_in.refused", "sign_in.succeeded"),
    *("token.made", "token.revoked", "token.used", "trash.emptied", "trash.projects_emptied"),
    *(f"{kind}.{did}" for kind in _KINDS for did in ("changed", "looked_at")),
    *(f"{kind}.watched" for kind in ("audio", "characterreference", "video")),
)


def owner_of_row(row: Any) -> Any:
    """Return the id of whoever a row belongs to, by itself, its project or its job; None for the studio's own."""
    if isinstance(row, User):
        return row.pk
    for name in ("owner_id", "user_id"):
        if getattr(row, name, None) is not None:
            return getattr(row, name)
    for name in ("project", "job"):
        behind: Any = getattr(row, name, None)
        if getattr(behind, "owner_id", None) is not None:
            return behind.owner_id
    return None


def showed(request: HttpRequest, *rows: Any) -> None:
    """Name the rows that a page of the admin is about when its address does not, for the audit log."""
    request.__dict__.setdefault("audited_rows", []).extend(rows)


def audit(
    action: str,
    *,
    request: AnyRequest | None = None,
    by: User | None = None,
    via: str = "",
    about: Any = None,
    owner_id: Any = None,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry: what happened (one of `ACTIONS`), who did it by which means, to which row of whom.

    It is written in the caller's transaction, if there is one: what did not happen is not told. `owner_id` is that of
    the row when there is one, which a row of nobody's has not, else whoever did it.
    """
    entry = _entry(action, request=request, by=by, via=via, about=about, owner_id=owner_id, detail=detail)
    entry.save(force_insert=True)
    return entry


def audit_rows(
    action: str, rows: Iterable[Any], *, request: AnyRequest, by: User, detail: dict[str, Any]
) -> list[AuditEntry]:
    """Add one entry for each row, all at once; the detail of each has its `model` and `row`, too."""
    entries = []
    for row in rows:
        seen = {"model": row._meta.label_lower, "row": str(row.pk)}  # noqa: SLF001  Django's public name for it
        entries.append(_entry(action, request=request, by=by, about=row, detail={**detail, **seen}))
    return AuditEntry.objects.bulk_create(entries)


def _entry(
    action: str,
    *,
    request: AnyRequest | None = None,
    by: User | None = None,
    via: str = "",
    about: Any = None,
    owner_id: Any = None,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    return AuditEntry(
        action=action,
        by_id=by.pk if by else None,
        by_name=by.get_username() if by else "",
        via=via[:80],
        owner_id=owner_id or (owner_of_row(about) if about is not None else by.pk if by else None),
        object_kind=type(about).__name__.lower() if about is not None else "",
        object_id=str(about.pk) if about is not None else "",
        address=address_of(request) if request is not None else "",
        request_id=getattr(request, "request_id", ""),
        detail=_storable({**({"path": redact(request.path)[:200]} if request is not None else {}), **(detail or {})}),
    )


def _storable(detail: dict[str, Any]) -> dict[str, Any]:
    """Show NUL as a sign of its own: PostgreSQL keeps none."""
    return {name: told.replace("\0", "␀") if isinstance(told, str) else told for name, told in detail.items()}
