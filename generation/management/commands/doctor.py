"""Looks over this installation and says what is wrong with it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.management.findings import BAD, OK, WARN, Finding, all_findings


class Command(BaseCommand):
    help = "Look over this installation; exit code 1 when something is wrong."
    requires_system_checks = ()  # they are part of the report

    def handle(self, *_: Any, **__: Any) -> None:
        found = []
        for finding in all_findings():
            found.append(finding)
            self._show(finding)
        problems = sum(one.level == BAD for one in found)
        if problems:
            raise CommandError(f"{problems} problem{'s' if problems > 1 else ''} found.")
        warnings = sum(one.level == WARN for one in found)
        self.stdout.write(f"No problems; warnings: {warnings}." if warnings else "No problems.")

    def _show(self, finding: Finding) -> None:
        style = {OK: self.style.SUCCESS, WARN: self.style.WARNING, BAD: self.style.ERROR}[finding.level]
        self.stdout.write(f"{style(f'{finding.level:8}')} {finding.name:15} {finding.text}")
