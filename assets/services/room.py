"""How much room a person's files take, and whether one more fits (`mvsite.accounts.quotas`)."""

from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from assets.models import Audio, CharacterReference, Video
from assets.services.keeping import Row, kept_once
from mvsite.accounts.quotas import STORAGE, release_room, take_room


def kept_within_quota(row: Row, *, hold: UUID | None = None) -> Row:
    """Save the row of a file that a person sent, if it fits; `hold` is what was held for it while it came.

    Raises user:quota:storage; its file must go then.
    """
    with transaction.atomic():
        release_room(hold)
        take_room(STORAGE, row.owner_id, more=row.size_bytes)
        return kept_once(row)


def stored_bytes(owner_id: UUID) -> int:
    """Add up a person's songs, videos and portraits, those in the trash too; copies made of them do not count."""
    rows = (model.objects.filter(owner_id=owner_id) for model in (Video, Audio, CharacterReference))
    return sum(each.aggregate(total=Sum("size_bytes"))["total"] or 0 for each in rows)
