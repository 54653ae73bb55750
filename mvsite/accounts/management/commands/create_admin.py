"""`manage.py create_admin NAME`: make the first person who runs the studio.

Prints a random password that works once: signing in with it leads to choosing one's own. There is no usual account.
Exit code 1 when the name is taken or `migrate` has not been run; `--again` gives that person a new one-time password
and ends their sessions, API tokens and links for new passwords.
"""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mvsite.accounts.audit import audit
from mvsite.accounts.models import User
from mvsite.accounts.passwords import password_renew


class Command(BaseCommand):
    help = "Make a person who runs the studio, with a password that works once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--email", default="")
        parser.add_argument("--again", action="store_true", help="give somebody who is there a new one-time password")

    def handle(self, *_args: Any, name: str, email: str, again: bool, **_options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database lacks tables or is older than this program. Run manage.py migrate first.")
        person = User.objects.filter(username=name).first()
        if (person is not None) != again:
            raise CommandError(f"There is {'somebody' if person else 'nobody'} called {name}.")
        if person is None:
            person = User(username=name, email=email, is_staff=True, is_superuser=True)
        password = secrets.token_urlsafe(18)
        person.set_password(password)
        person.password_is_one_time = True
        try:
            person.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if again:
            password_renew(person=person)
        else:
            person.save()
        audit("admin.created" if not again else "password.reset", about=person, owner_id=person.pk, via="command")
        self.stdout.write(f"{name} signs in once with: {password}")
