"""What we know about a file's copy in the bucket."""

from django.db import models
from django.utils import timezone

from mvsite.common.models import TimestampedModel


class CopyState(models.TextChoices):
    """Where a copy stands: still to be uploaded, uploaded and verified, or to be deleted."""

    PENDING = "pending"
    SYNCED = "synced"
    DELETING = "deleting"


class CloudCopy(TimestampedModel):
    """One file's copy in one bucket: a row from the moment it is wanted, so that no crash can forget it.

    `size_bytes` and `sha256` are those of the file that was kept under the key first, on whichever machine.
    `created_at` is when the file was kept: whoever uploads it compares it afterwards, because the file may have been
    deleted, and kept again, while its upload ran. `attempts` counts what failed since it last worked, `error` says
    why in a few words. `host` names the machine that kept the file, or tried last to upload it; rows of older versions
    have none.
    """

    key = models.CharField(max_length=200, primary_key=True)
    bucket = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.PENDING)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    synced_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, default="")
    host = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CopyState.values), name="cloudcopy_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="cloudcopy_due", condition=~models.Q(state=CopyState.SYNCED)),
        ]

    def __str__(self) -> str:
        return self.key
