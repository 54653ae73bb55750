"""`manage.py make_roles`: the groups for staff who look and for staff who curate, brought to what they should be.

Run again it takes away what was added to them by hand; nobody is put into a group. People, tokens and the audit log
are for superusers only.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q

_APPS = ("assets", "generation", "flavors")
_LOOK = Q(content_type__app_label__in=_APPS, codename__startswith="view_")
_CHANGED = ("video", "audio", "characterreference", "project", "job")
ROLES: dict[str, Q] = {
    "Looks on": _LOOK,
    "Curators": _LOOK | Q(content_type__app_label__in=_APPS, codename__in=[f"change_{name}" for name in _CHANGED]),
}


class Command(BaseCommand):
    help = "Make the groups of the admin: 'Looks on' sees everything made here, 'Curators' mark, trash and retry."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for name, rights in ROLES.items():
            with transaction.atomic():
                group, is_new = Group.objects.get_or_create(name=name)
                group.permissions.set(Permission.objects.filter(rights))
            self.stdout.write(f"{name}: {group.permissions.count()} rights{' (new)' if is_new else ''}")
