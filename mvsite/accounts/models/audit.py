"""What was done by others than the owner, through links and tokens, and by staff: written once, never changed."""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from mvsite.common.models import UUIDModel


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Entries can be read and added; the database refuses the rest too (migration 0002)."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("The audit log is only ever added to.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError("The audit log is only ever added to.")


class AuditEntry(UUIDModel):
    """One thing that happened. Ids stay when the rows they name are gone, so none of them is a foreign key.

    `action` is `noun.past`. `by_id` is empty for people without an account; `via` names the token or link they came
    with. `owner_id` is whose object it was about, empty for what is nobody's, such as a flavor.
    """

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=150, blank=True)
    via = models.CharField(max_length=80, blank=True)
    owner_id = models.UUIDField(null=True, blank=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "audit log"
        indexes = [
            models.Index(fields=["-at"], name="audit_newest"),
            models.Index(fields=["owner_id", "-at"], name="audit_by_owner"),
            models.Index(fields=["by_id", "-at"], name="audit_by_person"),
            models.Index(fields=["action", "-at"], name="audit_by_action"),
            # One for each column that the admin looks a text up in.
            models.Index(fields=["by_name"], name="audit_by_name"),
            models.Index(fields=["via"], name="audit_by_via"),
            models.Index(fields=["object_id"], name="audit_by_object"),
            models.Index(fields=["address"], name="audit_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; a second time is refused."""
        if not self._state.adding:
            raise TypeError("The audit log is only ever added to.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("The audit log is only ever added to.")
