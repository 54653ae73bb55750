"""A Redis of one test alone, which it may stop and start."""

import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import redis

from tests.support import needs
from tests.support.ports import held_port
from tests.support.processes import wait_for


class OwnRedis:
    """A Redis that keeps nothing, at the same port whenever it runs."""

    def __init__(self, folder: Path) -> None:
        self._program = needs.redis_server()
        self._folder = folder
        self._held = ExitStack()
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._port = self._held.enter_context(held_port())
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._held.close()

    def url(self, database: int) -> str:
        """Return the URL of one of its databases."""
        return f"redis://127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        words = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([self._program, *words], cwd=self._folder, stdout=subprocess.DEVNULL)
        wait_for(self._answers, seconds=20, saying="Redis answers")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def _answers(self) -> bool:
        client = redis.Redis(port=self._port, socket_connect_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
