"""What the stand-in does wrong, and when: words in a prompt, and rules given in a test or by `POST /control`.

A word is `operation-what`, with a suffix for when: `-once` the first time, `-on3` the third time only, `-x2` the
first two times. A word in a prompt counts for that prompt alone, a rule for all requests it fits.
"""

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.providers_server.answers import Answer

WHEN = re.compile(r"-(once|on(\d+)|x(\d+))$")
HANG_SECONDS = 30.0


@dataclass(slots=True)
class Rule:
    """A fault for many requests: `word` as in a prompt; only those whose text fits `match`, of that provider.

    The first `skip` are let through, then every `every`-th is hit, `times` in all (0: without end).
    """

    word: str
    provider: str = ""
    match: str = ""
    times: int = 0
    skip: int = 0
    every: int = 1


class Faults:
    """The rules, and how often each was asked; kept in a file, so that a restart does not begin to count anew."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "faults.json"
        self._lock = threading.Lock()
        self.rules: list[Rule] = []
        self._counts: Counter[str] = Counter()
        if self._path.exists():
            kept = json.loads(self._path.read_text())
            self.rules = [Rule(**each) for each in kept["rules"]]
            self._counts = Counter(kept["counts"])

    def add(
        self, word: str, *, provider: str = "", match: str = "", times: int = 0, skip: int = 0, every: int = 1
    ) -> None:
        """Add a rule."""
        with self._lock:
            self.rules.append(Rule(word, provider, match, times, skip, every))
            self._keep()

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self.rules.clear()
            self._counts.clear()
            self._keep()

    def due(self, provider: str, operation: str, text: str) -> str:
        """Return what goes wrong with this request (`429`, `lost`); empty when nothing does."""
        with self._lock:
            for found in re.finditer(rf"(?<![\w-]){operation}-[\w-]+", text):
                if self._hit(f"{_short(text)} {found[0]}", found[0]):
                    return WHEN.sub("", found[0]).removeprefix(f"{operation}-")
            for place, rule in enumerate(self.rules):
                if not rule.word.startswith(f"{operation}-") or rule.provider not in ("", provider):
                    continue
                if re.search(rule.match, text) and self._rule_hits(place, rule):
                    return WHEN.sub("", rule.word).removeprefix(f"{operation}-")
        return ""

    def _hit(self, key: str, word: str) -> bool:
        found = WHEN.search(word)
        if found is None:
            return True
        self._counts[key] += 1
        self._keep()
        asked = self._counts[key]
        if found[2]:
            return asked == int(found[2])
        return asked <= int(found[3] or 1)

    def _rule_hits(self, place: int, rule: Rule) -> bool:
        name = f"rule {place}"
        if rule.times and self._counts[name] - rule.skip > rule.every * (rule.times - 1):
            return False  # used up
        if not self._hit(f"{name} word", rule.word):
            return False
        self._counts[name] += 1
        asked = self._counts[name] - rule.skip
        self._keep()
        if asked < 1 or (asked - 1) % rule.every:
            return False
        return not rule.times or (asked - 1) // rule.every < rule.times

    def _keep(self) -> None:
        text = json.dumps({"rules": [asdict(rule) for rule in self.rules], "counts": dict(self._counts)})
        part = self._path.with_suffix(".part")
        part.write_text(text)
        part.replace(self._path)


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def spoiled(what: str, do: Callable[[], Answer], trouble: Callable[[str], Answer]) -> Answer:
    """Answer wrongly: without doing anything (a status, `hang`, `dropped`), or after the work was done.

    After: `lost` (the line breaks), `html` (the gateway says 502), `page` (a web page with 200), `odd` (a list),
    `late` (seconds after the client gave up). `trouble` makes the vendor's error for a status.
    """
    if what[:3].isdigit():
        return trouble(what)
    if what == "hang":
        return Answer(drop=True, seconds=HANG_SECONDS)
    if what == "dropped":
        return Answer(drop=True)
    done = do()
    after = {
        "lost": Answer(drop=True),
        "html": Answer(502, "<html><h1>Bad gateway</h1></html>"),
        "page": Answer(200, "<html>"),
        "odd": Answer(200, [1, 2]),
        "late": Answer(done.status, done.body, seconds=HANG_SECONDS, kind=done.kind, headers=done.headers),
    }
    return after.get(what, done)
