"""Reads a project back that was exported, here or elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.management.owners import owner_named
from generation.services.importing import project_import
from mvsite.common.errors import StudioError


class Command(BaseCommand):
    help = "Build a project from an exported ZIP: files, takes, versions and recipes as they were."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the ZIP")
        parser.add_argument("--owner", help="whose it will be, by user name (needed with MV_AUTH=required)")
        parser.add_argument("--strict", action="store_true", help="refuse an export of which a file is damaged")

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        owner = owner_named(options["owner"])
        try:
            made = project_import(owner=owner, path=path, strict=options["strict"])
        except StudioError as error:
            raise CommandError(f"{error.detail} {error.text.next_step}") from None
        for one in made.left_out:
            self.stderr.write(f"Left out: {one}")
        self.stdout.write(f"Project {made.project.pk}: {made.project}")
