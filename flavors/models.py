"""The rows of a flavor: its name, and every revision of its four files."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from mvsite.common.models import TimestampedModel, UUIDModel


class FlavorOrigin(models.TextChoices):
    """Where a text came from: a folder on disk or the admin."""

    FILE = "file"
    ADMIN = "admin"


class ConfigFlavorQuerySet(models.QuerySet["ConfigFlavor"]):
    """Conditions a flavor can meet."""

    def active(self) -> Self:
        """Offered to people."""
        return self.filter(is_active=True, revision__isnull=False)


class ConfigFlavor(UUIDModel, TimestampedModel):
    """A named set of prompts and parameters; `revision` is the one in force."""

    name = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=120, blank=True)
    origin = models.CharField(max_length=5, choices=FlavorOrigin.choices, default=FlavorOrigin.FILE)
    revision = models.ForeignKey(
        "flavors.FlavorRevision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    objects = ConfigFlavorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(origin__in=FlavorOrigin.values), name="flavor_origin_known")]

    def __str__(self) -> str:
        return self.name


class FlavorRevision(UUIDModel, TimestampedModel):
    """One state of a flavor's files, never changed: `documents` maps a file's name to its text.

    `content_hash` is the SHA-256 of the documents; jobs record the exact revision they used.
    """

    flavor = models.ForeignKey(ConfigFlavor, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    documents = models.JSONField()
    content_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=5, choices=FlavorOrigin.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["flavor", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["flavor", "number"], name="flavor_revision_number_once"),
            models.CheckConstraint(condition=Q(origin__in=FlavorOrigin.values), name="flavor_revision_origin_known"),
        ]

    def __str__(self) -> str:
        return f"{self.flavor} revision {self.number}"
