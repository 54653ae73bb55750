"""Keys for programs that use the API in a user's name."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from mvsite.common.models import TimestampedModel, UUIDModel

SCOPES = ("read", "generate", "admin")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Conditions a token can meet."""

    def valid(self, now: datetime) -> Self:
        """Neither expired nor revoked."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class ApiToken(UUIDModel, TimestampedModel):
    """One key. Only its SHA-256 is kept, and its first 8 characters so that a person knows it again.

    `scopes` is a list of `read` (look), `generate` (change and start work) and `admin` (accounts and tokens).
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="api_token_by_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
