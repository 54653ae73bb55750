"""What one person may have at once: running jobs, and bytes that are kept.

Rows are counted, under a lock on the person's own row: so all processes count together, nothing can drift apart, and
nobody gets in besides. Rooms above say how to count theirs; what is on its way in counts too, by its `RoomHold`. A
local studio has no quotas.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from mvsite.accounts.models.hold import RoomHold
from mvsite.common.errors import UserError

JOBS, STORAGE = "jobs", "storage"
LOOK_AGAIN = 15  # seconds: what Retry-After says while too much runs
_MB = 1024 * 1024
_LONGEST_UPLOAD = timedelta(hours=1)  # what takes longer is looked at again when it is there, like everything
_COUNTS: dict[str, Callable[[UUID], int]] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of one quota a person uses, in jobs or bytes; `limit` is None when there is none."""

    name: str
    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        """What is still free."""
        return None if self.limit is None else max(self.limit - self.used, 0)

    def told(self) -> dict[str, Any]:
        """Give it as answers tell it."""
        return {"name": self.name, "used": self.used, "limit": self.limit, "left": self.left}


def counts(name: str, count: Callable[[UUID], int]) -> None:
    """Say how a quota is counted: `count` gets a person's id."""
    _COUNTS[name] = count


def limit_of(name: str) -> int | None:
    """Return what everybody may have, in jobs or bytes; None for no limit."""
    limit = int(settings.MV_QUOTA_JOBS) if name == JOBS else settings.MV_QUOTA_STORAGE_MB * _MB
    return None if settings.MV_AUTH == "local" or limit == 0 else limit


def standings(owner_id: UUID) -> list[Standing]:
    """Give all quotas of a person as they are now."""
    return [Standing(name, _used(name, owner_id), limit_of(name)) for name in sorted(_COUNTS)]


def _used(name: str, owner_id: UUID) -> int:
    used = _COUNTS[name](owner_id)
    if name == STORAGE:
        coming = RoomHold.objects.filter(owner_id=owner_id, until__gt=timezone.now())
        used += coming.aggregate(total=Sum("size_bytes"))["total"] or 0
    return used


def hold_room(owner_id: UUID, size_bytes: int) -> UUID | None:
    """Keep room for bytes on their way in; None where there is no limit. Raises user:quota:storage."""
    if limit_of(STORAGE) is None:
        return None
    now = timezone.now()
    RoomHold.objects.filter(owner_id=owner_id, until__lte=now).delete()  # before the lock: its upload may wait for that
    with transaction.atomic():
        take_room(STORAGE, owner_id, more=size_bytes)
        return RoomHold.objects.create(owner_id=owner_id, size_bytes=size_bytes, until=now + _LONGEST_UPLOAD).pk


def release_room(hold: UUID | None) -> None:
    """Give held room back: its bytes are counted as a row now, or will never come."""
    if hold is not None:
        RoomHold.objects.filter(pk=hold).delete()


def take_room(name: str, owner_id: UUID, *, more: int = 1) -> None:
    """Make sure that `more` still fits, until the caller's transaction ends, in which it must be written.

    Nothing is locked where there is no limit. Raises user:quota:jobs, user:quota:storage; RuntimeError outside a
    transaction. The person's row is locked after jobs and before budgets.
    """
    if limit_of(name) is None:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("Room was taken outside the transaction that uses it.")
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner_id)
    check_room(name, owner_id, more=more)


def check_room(name: str, owner_id: UUID, *, more: int = 1) -> None:
    """Look whether `more` would fit now, to spare work that cannot end well. Raises what `take_room` raises."""
    limit = limit_of(name)
    if limit is None:
        return
    used = _used(name, owner_id)
    if used + more > limit:
        raise _refusal(Standing(name, used, limit), more)


def _refusal(now: Standing, more: int) -> UserError:
    told = {"quota": now.told()}
    if now.name == JOBS:
        said = f"{now.used} jobs are under way; {now.limit} may be at once."
        return UserError("user:quota:jobs", said, extra={"retry_after": LOOK_AGAIN, **told})
    used, limit = f"{now.used / _MB:.1f}", f"{(now.limit or 0) / _MB:.0f}"
    said = f"{used} of {limit} MB are used, the trash included; nothing new fits."
    if more > 1:
        said = f"{used} of {limit} MB are used, the trash included; this needs {more / _MB:.1f} MB."
    return UserError("user:quota:storage", said, extra=told)
