"""Flavors as rows: a name that stays, and numbered revisions that never change."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mvsite.common.models import TimestampedModel, UUIDModel

DEFAULT = "default"
NAME_PATTERN = r"[a-z0-9][a-z0-9_-]{0,63}"


class FlavorOrigin(models.TextChoices):
    """Who wrote it: a folder, or staff in the admin."""

    FILE = "file"
    ADMIN = "admin"


class ConfigFlavorQuerySet(models.QuerySet["ConfigFlavor", "ConfigFlavor"]):
    """Conditions as adjectives."""

    def offered(self) -> Self:
        """What people may choose: switched on, with a revision, and written in the admin or still in its folder."""
        there = Q(folder_found=True) | Q(revision__origin=FlavorOrigin.ADMIN)
        return self.filter(there, active=True, revision__isnull=False)


class ConfigFlavor(UUIDModel, TimestampedModel):
    """One flavor. `revision` is the one new work uses; `folder_found` says whether the last sync saw its folder."""

    name = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=80, blank=True, default="")
    origin = models.CharField(max_length=8, choices=FlavorOrigin.choices, default=FlavorOrigin.FILE)
    active = models.BooleanField(default=True)
    folder_found = models.BooleanField(default=False)
    revision = models.ForeignKey(
        "flavors.FlavorRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConfigFlavorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=rf"^{NAME_PATTERN}$"), name="flavor_name_plain"),
            models.CheckConstraint(condition=Q(origin__in=FlavorOrigin.values), name="flavor_origin_known"),
            # Everything falls back on it, so it cannot be switched off.
            models.CheckConstraint(condition=~Q(name=DEFAULT) | Q(active=True), name="flavor_default_active"),
        ]

    def __str__(self) -> str:
        return self.name


class FlavorRevision(UUIDModel):
    """What a flavor said at one time: the raw texts of its files by name, and the `default` that fills its gaps.

    Rows never change and are never removed, so that a job can always show what it used. `content_hash` is the
    SHA-256 of the texts in lower-case hex; `completed_with` is empty for `default` itself.
    """

    flavor = models.ForeignKey(ConfigFlavor, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    documents = models.JSONField()
    content_hash = models.CharField(max_length=64)
    completed_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=8, choices=FlavorOrigin.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["flavor", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["flavor", "number"], name="flavor_revision_number_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="flavor_revision_number_positive"),
            models.CheckConstraint(condition=Q(origin__in=FlavorOrigin.values), name="flavor_revision_origin_known"),
        ]
        indexes = [models.Index(fields=["flavor", "origin", "-number"], name="flavor_revision_of_origin")]

    def __str__(self) -> str:
        return f"{self.flavor.name} #{self.number}"  # lists have it joined
