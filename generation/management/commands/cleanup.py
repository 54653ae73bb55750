"""Throws away what nobody needs any more, and says each thing it does."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.services.cleaning import Step, cleanup_plan, cleanup_run
from mvsite.common.errors import StudioError


class Command(BaseCommand):
    help = "Delete what is temporary, old in the trash, expired or unknown. Never what a project or final video uses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *_: Any, **options: Any) -> None:
        count: Counter[str] = Counter()
        size = 0
        failed: list[tuple[Step, str]] = []
        try:
            plan = cleanup_plan()
            for step in plan if options["dry_run"] else cleanup_run(plan, failed=failed):
                count[step.kind] += 1
                size += step.size
                self.stdout.write(f"{step.kind}: {step.what}")
        except StudioError as error:
            raise CommandError(f"{error.detail} {error.text.next_step}") from None
        finally:
            for step, reason in failed:
                self.stderr.write(f"failed, {step.kind}: {step.what}: {reason}")
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(count.items())) or "nothing"
        self.stdout.write(f"{told}; {size / 1e6:.1f} MB")
        if failed:
            sys.exit(1)
