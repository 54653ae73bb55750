"""Who pulls everything away from under a studio: kills, crashes at chosen places, outages, all drawn by one seed."""

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.providers_server.process import StandinProcess
from tests.support.chaos.crew import Crew

_LONGEST_PEACE = 10.0  # seconds without a kill although one is due: then an idle worker dies too


@dataclass
class Nemesis:
    """Brings `deaths` about, `needed` of them at least by crashes at the first of `places`; `outages` go by the clock.

    One worker at a time is armed: it dies at the first of `places` until that has happened often enough, then at one
    drawn from them. Any other is killed, whatever it does, mostly while one of them takes work, so that the pace is
    that of the machine. What happened is in `done`: seconds since it began, and a word.
    """

    crew: Crew
    providers: StandinProcess
    seed: int
    deaths: int
    needed: int
    places: tuple[str, ...]
    outages: list[tuple[float, str]]
    pause: tuple[float, float] = (0.5, 4.0)
    done: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._armed: dict[str, str] = {}
        self._began = time.monotonic()
        self._strike_at = 0.0

    def count(self, *words: str) -> int:
        """Say how often any of these happened."""
        return sum(word in words for _, word in self.done)

    @property
    def progress(self) -> float:
        """How much of the killing is done, 0..1."""
        return min(self.count("kill", *self.places) / self.deaths, self.count(self.places[0]) / self.needed)

    def rage(self, *, patience: float, until: Callable[[], bool]) -> None:
        """Do all of it, then keep the workers alive until the work is over; fails after `patience` seconds."""
        self._began = time.monotonic()
        plan = deque(sorted(self.outages))
        while plan or self.progress < 1 or not until():
            assert self._age() < patience, f"not over after {patience:g} s; left: {list(plan)}; done: {self.done}"
            for name in self.crew.fallen():
                self._note(self._armed.pop(name))
                self._start(name)
            while plan and plan[0][0] <= self._age():
                self._do(plan.popleft()[1])
            if self.progress >= 1:
                self._disarm()
            elif self.count("kill") < self.deaths - self.needed and self._age() >= self._strike_at:
                self._strike()
            time.sleep(0.1)

    def _strike(self) -> None:
        victims = [name for name in self.crew.workers if name not in self._armed]
        if any(map(self.crew.takes_work, victims)) or self._age() > self._strike_at + _LONGEST_PEACE:
            self._kill(self._dice.choice(victims))
            self._strike_at = self._age() + self._dice.uniform(*self.pause)

    def _disarm(self) -> None:
        for name in list(self._armed):
            del self._armed[name]
            self._kill(name)

    def _kill(self, name: str) -> None:
        self.crew.kill(name)
        self._note("kill")
        self._start(name)

    def _start(self, name: str) -> None:
        """Start a worker again, armed unless another one is, or enough have died."""
        if self._armed or self.progress >= 1:
            self.crew.start_worker(name)
            return
        enough = self.count(self.places[0]) >= self.needed
        self._armed[name] = self._dice.choice(self.places) if enough else self.places[0]
        self.crew.start_worker(name, crash_at=self._armed[name])

    def _do(self, word: str) -> None:
        match word:
            case "broker":
                self.crew.ground.break_broker()
            case "web":
                self.crew.kill("web")
                self.crew.start_web()
            case "outage":
                self.providers.kill()
            case "back":
                self.providers.start()
        self._note(word)

    def _note(self, word: str) -> None:
        self.done.append((round(self._age(), 1), word))

    def _age(self) -> float:
        return time.monotonic() - self._began
