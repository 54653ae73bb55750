"""The stand-in as a process, from a test: started, scripted, killed and started again.

`with standin_process(folder) as providers: providers.control(faults=[{"word": "create-lost", "times": 6}])`, and the
studio gets `providers.environment()`. What really happened is in `providers.witness`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.providers_server.google_answers import KEY
from tests.providers_server.replicate import TOKEN
from tests.providers_server.witness import Witness
from tests.support.processes import wait_for
from tests.support.tree import ROOT


class StandinProcess:
    """One stand-in and its folder; it may be killed and started again any number of times."""

    def __init__(self, folder: Path, *words: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.urls: dict[str, Any] = {}
        self._words = words
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def witness(self) -> Witness:
        """What it has seen."""
        return Witness(self.folder)

    def start(self) -> None:
        """Start it and wait until it serves; the same ports as before."""
        ports = self.folder / "addresses.json"
        ports.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.providers_server",
            "--data",
            str(self.folder),
            "--port-file",
            str(ports),
        ]
        with (self.folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--parent", str(os.getpid()), *self._words],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(ports.exists, seconds=60, saying="the stand-in serves")
        self.urls = json.loads(ports.read_text())

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def control(self, **said: Any) -> dict[str, Any]:
        """Script it (see control.py); without words only ask. Returns how things are."""
        url = f"{self.urls['control']}/control"
        with httpx.Client(trust_env=False, timeout=30) as client:
            answer = client.post(url, json=said) if said else client.get(url)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    def environment(self) -> dict[str, str]:
        """Give the settings that lead a studio here, keys included."""
        return {
            "REPLICATE_API_TOKEN": TOKEN,
            "REPLICATE_BASE_URL": str(self.urls["replicate"]),
            "GEMINI_API_KEY": KEY,
            "GOOGLE_GEMINI_BASE_URL": str(self.urls["google"]),
            "MV_PROVIDER_ALLOW_HOSTS": "localhost",
            "MV_RECONCILE_GRACE_SECONDS": "2",
            "MV_RESEND_BELOW_USD": "0.10",  # what a writing costs changes with the year
        }


@contextmanager
def standin_process(folder: Path, *words: str) -> Iterator[StandinProcess]:
    """Run a stand-in until the block ends; `words` are those of `python -m tests.providers_server`."""
    process = StandinProcess(folder, *words)
    process.start()
    try:
        yield process
    finally:
        process.kill()
