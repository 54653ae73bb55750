"""What `docs/events.md` promises of every event in the log."""

import re

from tests.support.tree import ROOT

EVERYWHERE = frozenset({"job_id", "project_id", "owner_id", "request_id"})
"""Fields of any line; the page says so once."""
_ROW = re.compile(r"\| ((?:`\w+`(?:, )?)+)( [IW])? \| .+ \| ([\w, ]+) \|")

Said = tuple[str, frozenset[str]]
"""`W`, `I` or nothing, and the event's own fields."""


def documented() -> dict[str, Said]:
    """Read the tables of the page."""
    found = {}
    for line in (ROOT / "docs" / "events.md").read_text(encoding="utf-8").splitlines():
        row = _ROW.fullmatch(line)
        if row:
            for name in re.findall(r"`(\w+)`", row[1]):
                found[name] = ((row[2] or "").strip(), frozenset(row[3].split(", ")))
    return found
