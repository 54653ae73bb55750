"""What the process of yt-dlp may do: connect to public addresses, write into its folder, start deno.

It listens to the interpreter's own audit events, so it holds whatever the library is built on, through redirects and
names that change their address, and nothing in the process can take it back.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mvsite.common.fetch.addresses import is_public
from mvsite.env import Network

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime")
_NEVER = ("os.symlink", "os.link", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn")


class Guard:
    """The rules; `refused` names the addresses that were not connected to, so that nobody can hide them."""

    def __init__(
        self, *, folder: Path, program: str, trusted: Sequence[tuple[str, int]], denied: Sequence[Network]
    ) -> None:
        self.refused: list[str] = []
        self._folder = os.path.realpath(folder)
        self._program = program
        self._trusted = set(trusted)
        self._denied = denied
        self._rules: dict[str, Callable[..., bool]] = {
            "open": self._opens,
            "subprocess.Popen": lambda program, *_: bool(self._program) and os.fsdecode(program) == self._program,
            **dict.fromkeys(_SENDS, self._reaches),
            **dict.fromkeys(_CHANGES, self._changes),
            **dict.fromkeys(_NEVER, lambda *_: False),
        }

    def start(self) -> None:
        """Begin, for good."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        rule = self._rules.get(event)
        if rule is not None and not rule(*arguments):
            raise PermissionError(f"refused: {event}")

    def _reaches(self, _: Any, address: Any) -> bool:
        if not isinstance(address, tuple) or len(address) < 2:
            return False
        host, port = str(address[0]), int(address[1])
        if (host, port) in self._trusted or is_public(host, self._denied):
            return True
        self.refused.append(host)
        return False

    def _opens(self, path: Any, _: Any, flags: int) -> bool:
        return not flags & _WRITES or isinstance(path, int) or self._inside(path)

    def _changes(self, *arguments: Any) -> bool:
        return all(self._inside(one) for one in arguments if isinstance(one, str | bytes | os.PathLike))

    def _inside(self, path: Any) -> bool:
        place = os.path.realpath(os.fsdecode(path))
        return place == os.devnull or place.startswith(self._folder + os.sep) or place == self._folder
