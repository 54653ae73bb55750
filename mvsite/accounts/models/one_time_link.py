"""Links that let somebody in once: an invitation, or a new password."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mvsite.common.models import TimestampedModel, UUIDModel


class LinkKind(models.TextChoices):
    """What a link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - the kind, no password


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    """Conditions a link can meet."""

    def usable(self, now: datetime) -> Self:
        """Neither used nor too old."""
        return self.filter(used_at=None, expires_at__gt=now)

    def passwords_end(self, user: Any) -> int:
        """End the open links that would set somebody's password; return how many there were."""
        now = timezone.now()
        return self.usable(now).filter(kind=LinkKind.PASSWORD, user=user).update(used_at=now)


class OneTimeLink(UUIDModel, TimestampedModel):
    """One link; only the SHA-256 of its secret is kept. `user` is whose password it sets, or who was invited by it."""

    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="one_time_links"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="one_time_link_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=LinkKind.PASSWORD) | Q(user__isnull=False), name="one_time_link_password_has_user"
            ),
        ]

    def __str__(self) -> str:
        return self.kind
