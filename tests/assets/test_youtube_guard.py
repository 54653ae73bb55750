"""What the process of yt-dlp may do is held by the interpreter, whatever a page makes it try."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tree import ROOT

TRY = """
import os, socket, subprocess, sys
from pathlib import Path
from assets.sources.youtube.guard import Guard
guard = Guard(folder=Path.cwd(), program=sys.argv[1], trusted=[("127.0.0.1", int(sys.argv[2]))], denied=[])
guard.start()
try:
    exec(sys.argv[3])
except PermissionError as error:
    print("refused" if str(error).startswith("refused: ") else error)
except OSError as error:
    print("let through,", type(error).__name__)
else:
    print("done")
"""


def tried(folder: Path, what: str, *, program: str = "", port: int = 1) -> str:
    words = [sys.executable, "-P", "-c", TRY, program, str(port), what]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "what",
    [
        "open({outside} + '/x', 'w')",
        "open('../x', 'w')",
        "os.open({outside} + '/x', os.O_WRONLY | os.O_CREAT)",
        "os.remove({outside} + '/kept')",
        "os.rename('own', {outside} + '/x')",
        "os.replace({outside} + '/kept', 'x')",
        "os.mkdir({outside} + '/x')",
        "os.symlink({outside}, 'x')",
        "open('link/x', 'w')",
        "subprocess.run(['/bin/sh', '-c', 'true'])",
        "os.system('true')",
        "os.execv('/bin/true', ['true'])",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.create_connection(('10.0.0.1', 80))",
        "socket.create_connection(('169.254.169.254', 80))",
        "socket.create_connection(('::1', 80))",
        "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.168.0.1', 53))",
    ],
)
def test_guard_refuses(tmp_path: Path, what: str) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
    (outside / "kept").write_text("kept")
    (inside / "own").write_text("own")
    (inside / "link").symlink_to(outside)
    assert tried(inside, what.format(outside=json.dumps(str(outside)))) == "refused"
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.parametrize(
    ("what", "comes"),
    [
        ("open('x', 'w').close(); os.rename('x', 'y'); os.remove('y')", "done"),
        ("open(os.devnull, 'w').close()", "done"),
        ("subprocess.run(['/bin/true'])", "done"),
        ("socket.create_connection(('127.0.0.1', 1), 2)", "let through, ConnectionRefusedError"),
    ],
)
def test_guard_lets_yt_dlp_do_its_work(tmp_path: Path, what: str, comes: str) -> None:
    assert tried(tmp_path, what, program="/bin/true") == comes
