"""What every kept file has: an owner, a key, a size, a hash, and a place in the library or the trash."""

from typing import Self, TypeVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from mvsite.accounts.reach import owned, reached
from mvsite.common.models import TimestampedModel, UUIDModel

TITLE_LENGTH = 120
Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class StoredFileQuerySet(models.QuerySet[Row_co, Row_co]):
    """Conditions every kind of file knows, as adjectives."""

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Only what `user` owns: the library, and what new work is made of."""
        return self.filter(owned(user))

    def shown_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What `user` may look at: their own, and what belongs to a project they are a member of."""
        return self.filter(reached(self.model, user))

    def kept(self) -> Self:
        """Not in the trash."""
        return self.filter(trashed_at__isnull=True)

    def trashed(self) -> Self:
        """In the trash; the bytes are still there."""
        return self.filter(trashed_at__isnull=False)


class StoredFile(UUIDModel, TimestampedModel):
    """One file. The row appears only after its bytes are safe under `key`, so a row always has a file.

    `sha256` is lower-case hex. `metadata` is what the API shows as such; `tags` is a list of short texts.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="%(class)ss")
    title = models.CharField(max_length=TITLE_LENGTH, blank=True, default="")
    key = models.CharField(max_length=200, unique=True)
    mime = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    metadata = models.JSONField(default=dict, blank=True)
    favourite = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="%(class)s_has_key"),
            models.CheckConstraint(condition=~Q(mime=""), name="%(class)s_has_mime"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="%(class)s_not_empty"),
        ]
        # One for each order of the library's lists, one for the trash (newest in it first), one for everybody's.
        indexes = [
            models.Index(fields=["-created_at", "id"], name="%(class)s_all"),
            models.Index(fields=["owner", "-created_at", "id"], name="%(class)s_newest", condition=Q(trashed_at=None)),
            models.Index(fields=["owner", "title", "id"], name="%(class)s_title", condition=Q(trashed_at=None)),
            models.Index(fields=["owner", "-size_bytes", "id"], name="%(class)s_size", condition=Q(trashed_at=None)),
            models.Index(
                fields=["owner", "-trashed_at", "id"], name="%(class)s_trash", condition=Q(trashed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.pk)


def positive(*fields: str) -> Q:
    """Build the condition that each of `fields` is above zero."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gt": 0})
    return condition


def one_of(field: str, choices: type[models.TextChoices]) -> Q:
    """Build the condition that `field` holds one of `choices`."""
    return Q(**{f"{field}__in": choices.values})
