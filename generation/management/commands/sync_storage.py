"""Compares the rows with the files here and in the bucket, and makes them alike."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assets import storage
from generation.services.syncing import can_put_right, differences, put_right
from mvsite.common.errors import StudioError

_LEFT_BAD = {"lost", "damaged", "differs", "upload", "in_another_bucket"}


class Command(BaseCommand):
    help = "Upload what is only here, and with --direction down fetch what is only in the bucket. Deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what differs")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument("--deep", action="store_true", help="read every file here and compare its checksum")
        parser.add_argument("--direction", choices=("up", "down", "both"), default="up")

    def handle(self, *_: Any, **options: Any) -> None:
        told: list[dict[str, Any]] = []
        left_bad = False
        try:
            for found in list(differences(deep=options["deep"])):
                done = not options["dry_run"] and self._put_right(found, options["direction"])
                right = can_put_right(found, options["direction"]) if options["dry_run"] else done
                left_bad = left_bad or (found.kind in _LEFT_BAD and not right)
                bucket = {"bucket": found.bucket} if found.bucket else {}
                told.append({"kind": found.kind, "key": found.key, **bucket, "done": done})
                if not options["json"]:
                    self.stdout.write("  ".join((f"{found.kind}: {found.key}", *bucket.values(), *["done"] * done)))
        except StudioError as error:
            raise CommandError(f"{error.detail} {error.text.next_step}") from None
        self._sum_up(told, as_json=options["json"])
        if left_bad:
            sys.exit(1)

    def _put_right(self, found: Any, direction: Any) -> bool:
        try:
            return put_right(found, direction)
        except StudioError as error:
            self.stderr.write(f"{found.key}: {error.detail}")
            return False

    def _sum_up(self, told: list[dict[str, Any]], *, as_json: bool) -> None:
        count = Counter(one["kind"] for one in told)
        done = sum(one["done"] for one in told)
        if as_json:
            facts = {"bucket": storage.has_bucket(), "counts": count, "done": done, "differences": told}
            self.stdout.write(json.dumps(facts, indent=2))
        else:
            words = ", ".join(f"{number} {kind}" for kind, number in sorted(count.items())) or "nothing differs"
            self.stdout.write(f"{words}; {done} put right")
