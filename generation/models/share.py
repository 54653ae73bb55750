"""A link that shows one video or one project to whoever has it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from mvsite.accounts.models import User
from mvsite.accounts.reach import owned
from mvsite.common.models import TimestampedModel, UUIDModel


class ShareQuerySet(models.QuerySet["Share"]):
    """Conditions a link can meet."""

    def for_user(self, user: User) -> Self:
        """Made by this person."""
        return self.filter(owned(user))

    def open(self, now: datetime) -> Self:
        """Neither expired nor revoked; what it shows may still lie in the trash."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class Share(UUIDModel, TimestampedModel):
    """One link, read only. The row holds no secret: the link is its id with a signature (`services.shares`).

    `opened` counts how often the page was opened, not how often a film was played.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares")
    project = models.ForeignKey(
        "generation.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="shares"
    )
    video = models.ForeignKey("assets.Video", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="share_by_owner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(project=None, video__isnull=False) | Q(project__isnull=False, video=None),
                name="share_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"share of {'project' if self.project_id else 'video'} {self.project_id or self.video_id}"

    def is_open(self, now: datetime) -> bool:
        """Say whether the link still works."""
        return self.revoked_at is None and self.expires_at > now
