"""The user."""

import unicodedata
import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from mvsite.accounts.models.one_time_link import OneTimeLink


class User(AbstractUser):
    """A person who owns projects; on one's own machine there is exactly one, the local owner.

    `password_is_one_time`: the password was given by a command and only lets its owner choose another one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    password_is_one_time = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta(AbstractUser.Meta):
        pass

    def clean(self) -> None:
        """Refuse a new name that differs from somebody's only by case or normal form; names there are stay."""
        super().clean()
        if not self.username or User.objects.filter(pk=self.pk, username=self.username).exists():
            return  # none, which a form has refused already, or the one there is
        # The very same name is refused by its field.
        others = User.objects.exclude(pk=self.pk).exclude(username=self.username)
        wanted = _compared(self.username)
        if any(_compared(name) == wanted for name in others.values_list("username", flat=True).iterator()):
            text = _("A user with this name in other capital or small letters already exists.")
            raise ValidationError({"username": ValidationError(text, code="unique")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new password, however it came, ends the links that would set another one."""
        is_new_password = getattr(self, "_password", None) is not None  # Django's own way to tell it
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new_password:
                OneTimeLink.objects.passwords_end(self)


def _compared(name: str) -> str:
    """Return what names are told apart by, which no database does for all letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
