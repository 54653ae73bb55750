"""For whom a command works."""

from django.conf import settings
from django.core.management.base import CommandError

from mvsite.accounts.models import User
from mvsite.accounts.services import local_owner


def owner_named(name: str | None) -> User:
    """Find the person of this name; without one the local owner, where there is no log-in. Raises CommandError."""
    if name:
        found = User.objects.filter(username=name).first()
        if found is None:
            raise CommandError(f"There is no user {name}.")
        return found
    if settings.MV_AUTH == "required":
        raise CommandError("With MV_AUTH=required say whose it will be: --owner NAME.")
    return local_owner()
