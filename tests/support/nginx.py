"""A real nginx with lines of the documentation, thrown away with the test."""

import getpass
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import needs
from tests.support.processes import wait_for

_PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def running_nginx(folder: Path, port: int, lines: str) -> Iterator[None]:
    """Run nginx with `lines` in its `http` block, which listen on `port` of 127.0.0.1, until the block ends."""
    program, log = needs.nginx(), folder / "error.log"
    temp = " ".join(f"{place}_temp_path {folder}/{place};" for place in _PLACES)
    head = f"user {getpass.getuser()}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {log};"
    words = f"{head}\nevents {{}}\nhttp {{ access_log off; {temp}\n{lines}\n}}\n"
    (folder / "nginx.conf").write_text(words, encoding="utf-8")
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        wait_for(lambda: _opens(port) or process.poll() is not None, seconds=20, saying="nginx listens")
        assert process.poll() is None, log.read_text("utf-8")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _opens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
