"""Links that show one video or one project to whoever has them: making, reading, counting, revoking."""

import base64
import binascii
import hmac
import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assets.models import Video
from generation.models import Project, Share
from mvsite.accounts.models import User

DEFAULT_HOURS = 168
LONGEST_HOURS = 8760
_PURPOSE = "generation.share.v1"


def share_create(
    *, owner: User, video: Video | None = None, project: Project | None = None, hours: float = DEFAULT_HOURS
) -> Share:
    """Make a link to one of the two, which must be the owner's, for so many hours."""
    return Share.objects.create(
        owner=owner, video=video, project=project, expires_at=timezone.now() + timedelta(hours=hours)
    )


def share_revoke(*, share: Share) -> Share:
    """End a link at once; ended already is fine."""
    if share.revoked_at is None:
        share.revoked_at = timezone.now()
        share.save(update_fields=["revoked_at", "updated_at"])
    return share


def share_token(share: Share) -> str:
    """Return what the link's address carries: the id and its signature. It must not be written down."""
    return f"{_packed(share.pk.bytes)}.{_signature(share.pk, settings.SECRET_KEY)}"


def share_behind(token: str) -> Share | None:
    """Return the link that works today under this token, None for every other one.

    What it leads to is at hand, and not in the trash; its owner may still come in.
    """
    share_id = _read(token)
    if share_id is None:
        return None
    rows = Share.objects.open(timezone.now()).select_related("video", "project__final_video", "project__audio")
    rows = rows.filter(pk=share_id, owner__is_active=True)
    return rows.filter(video__trashed_at=None, project__trashed_at=None).first()


def share_opened(*, share: Share) -> None:
    """Count one opening of the page."""
    Share.objects.filter(pk=share.pk).update(opened=F("opened") + 1, last_opened_at=timezone.now())


def _read(token: str) -> uuid.UUID | None:
    packed, _, signature = token.partition(".")
    try:
        share_id = uuid.UUID(bytes=base64.urlsafe_b64decode(f"{packed}=="))
    except (ValueError, binascii.Error):
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    own = any(hmac.compare_digest(_signature(share_id, key).encode(), signature.encode()) for key in keys)
    return share_id if own and packed == _packed(share_id.bytes) else None


def _signature(share_id: uuid.UUID, secret: str) -> str:
    return _packed(salted_hmac(_PURPOSE, str(share_id), secret=secret, algorithm="sha256").digest())


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
