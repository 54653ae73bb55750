"""`manage.py sync_flavors [--dry-run]`: bring the rows up to the folders of flavors, and say what changed.

Exit code 0 when every folder was read, 1 when one was refused (the others are synced all the same).
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from flavors.services import SyncReport, flavors_sync

_SAID = {
    "added": "new",
    "revised": "changed",
    "unchanged": "as it was",
    "kept": "folder changed, the edit made in the admin stays",
    "gone": "folder is gone, offered no more",
}


class Command(BaseCommand):
    help = "Read the folders of flavors (shipped ones and MV_FLAVORS_DIR) into the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        report = flavors_sync(dry_run=dry_run)
        for line in _lines(report):
            self.stdout.write(line)
        for name, problems in report.refused.items():
            for problem in problems:
                self.stderr.write(f"{name}: refused: {problem}")
        if dry_run:
            self.stdout.write("Nothing was changed (--dry-run).")
        if report.refused:
            sys.exit(1)


def _lines(report: SyncReport) -> list[str]:
    return [f"{name}: {said}" for field, said in _SAID.items() for name in getattr(report, field)]
