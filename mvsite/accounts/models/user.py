"""The user."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models, transaction

from mvsite.accounts.models.one_time_link import OneTimeLink


class User(AbstractUser):
    """A person who owns projects; on one's own machine there is exactly one, the local owner.

    `password_is_one_time`: the password was given by a command and only lets its owner choose another one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    password_is_one_time = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta(AbstractUser.Meta):
        pass

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new password, however it came, ends the links that would set another one."""
        is_new_password = getattr(self, "_password", None) is not None  # Django's own way to tell it
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new_password:
                OneTimeLink.objects.passwords_end(self)
