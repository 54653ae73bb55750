"""Child processes: what they may use, what they give back, and that none is ever left behind."""

import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from mvsite.common.process import Child, Limits, Piped, ProcessError, ProcessFailed, ProcessTimeout, run
from mvsite.env import for_child

PYTHON = [sys.executable, "-I", "-S", "-c"]
ROOT = Path(__file__).resolve().parents[2]


def alive(pid: int) -> bool:
    """Say whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int, within: float = 30.0) -> bool:
    deadline = time.monotonic() + within
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_run_gives_code_output_and_the_tail_of_stderr() -> None:
    done = run([*PYTHON, "import sys; print('out'); sys.stderr.write('x' * 20000 + 'end')"], timeout=20)
    assert (done.code, done.stdout) == (0, b"out\n")
    assert done.stderr.endswith("end")
    assert len(done.stderr) == 8_192


def test_run_raises_with_the_code_and_what_was_said() -> None:
    with pytest.raises(ProcessFailed) as caught:
        run([*PYTHON, "import sys; sys.exit('no such luck')"], timeout=20)
    assert (caught.value.code, caught.value.stderr.strip()) == (1, "no such luck")
    assert run([*PYTHON, "raise SystemExit(3)"], timeout=20, check=False).code == 3


def test_run_says_when_the_program_does_not_exist() -> None:
    with pytest.raises(ProcessFailed, match="No such file") as caught:
        run(["/nowhere/at/all"], timeout=20)
    assert caught.value.code == 127


def test_run_feeds_more_than_a_pipe_holds_while_reading() -> None:
    data = os.urandom(3_000_000)
    script = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    assert run([*PYTHON, script], timeout=30, stdin=data).stdout == data


def test_run_hands_over_lines_as_they_come() -> None:
    lines: list[str] = []
    done = run([*PYTHON, "print('a'); print('b=1')"], timeout=20, on_line=lines.append)
    assert lines == ["a", "b=1"]
    assert done.stdout == b""


def test_run_kills_the_child_that_says_too_much(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(ProcessError, match="more than 1000 bytes"):
        run(["/bin/sh", "-c", f"echo $$ > {note}; exec yes"], timeout=20, most_stdout=1_000)
    assert gone(int(note.read_text()))


def test_run_hides_our_environment() -> None:
    shown = run([*PYTHON, "import os; print(sorted(os.environ))"], timeout=20).stdout.decode()
    assert "PATH" in shown
    assert "HOME" not in shown


def test_run_kills_grandchildren_on_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute passes as soon as there is a grandchild, and not before."""
    note = tmp_path / "pid"

    def clock() -> float:
        return 60.0 if note.exists() and note.read_text().strip() else 0.0

    monkeypatch.setattr("mvsite.common.process.pump.time", SimpleNamespace(monotonic=clock))
    with pytest.raises(ProcessTimeout):
        run(["/bin/sh", "-c", f"sleep 60 & echo $! > {note}; wait"], timeout=30)
    assert gone(int(note.read_text()))


def test_run_kills_the_child_when_tick_raises(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    def tick() -> None:
        if note.exists() and note.read_text().strip():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(["/bin/sh", "-c", f"echo $$ > {note}; exec sleep 60"], timeout=20, tick=tick)
    assert gone(int(note.read_text()))


def test_run_ends_when_only_a_grandchild_holds_the_pipe(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    began = time.monotonic()
    run(["/bin/sh", "-c", f"sleep 60 & echo $! > {note}"], timeout=20)
    assert time.monotonic() - began < 10
    assert gone(int(note.read_text()))


def test_child_dies_with_a_parent_that_is_killed() -> None:
    parent = Child(
        [sys.executable, "-c", "from mvsite.common.process import run; run(['/bin/sleep', '60'], timeout=99)"],
        cwd=ROOT,
        env=for_child(),
    )
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    try:
        deadline = time.monotonic() + 20
        while not (pids := children.read_text().split()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        while "sleep" not in Path(f"/proc/{pids[0]}/cmdline").read_text().split("\0")[0]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(parent.pid, 9)  # only the parent: not its group, not the child
        assert gone(int(pids[0]))
    finally:
        parent.end()


def test_limits_hold_for_memory_and_file_size(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match="MemoryError"):
        run([*PYTHON, "bytearray(2 << 30)"], timeout=20, limits=Limits(memory=512 << 20))
    big = f"open({str(tmp_path / 'big')!r}, 'wb').write(bytes(100_000))"
    with pytest.raises(ProcessFailed):
        run([*PYTHON, big], timeout=20, limits=Limits(file_size=10_000))
    assert (tmp_path / "big").stat().st_size <= 10_000


def test_a_limit_of_what_can_be_written_to_lets_a_program_reserve_more() -> None:
    limits = Limits(data=512 << 20)
    reserve = (
        "import mmap; mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0); print('there')"
    )
    assert run([*PYTHON, reserve], timeout=20, limits=limits).stdout == b"there\n"
    with pytest.raises(ProcessFailed, match="MemoryError"):
        run([*PYTHON, "bytearray(2 << 30)"], timeout=20, limits=limits)


def test_child_stops_politely_then_by_force() -> None:
    polite = Child(["/bin/sleep", "60"])
    assert polite.stop(5) == -15
    stubborn = Child([*PYTHON, "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"])
    stubborn.wait(0.5)
    assert stubborn.stop(0.2) in {-9, -15}
    assert stubborn.end() == stubborn.end()


def test_piped_takes_everything_in_order(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    data = [os.urandom(700_000) for _ in range(5)]
    with Piped(["/bin/sh", "-c", f"cat > {target}"], timeout=30) as sink:
        for part in data:
            sink.write(part)
    assert target.read_bytes() == b"".join(data)


def test_piped_tells_why_the_child_left() -> None:
    script = "import os, sys; os.read(0, 10); sys.exit('cannot take this')"
    with pytest.raises(ProcessFailed, match="cannot take this"), Piped([*PYTHON, script], timeout=30) as sink:
        sink.write(bytes(10_000_000))


def test_piped_kills_the_child_on_an_error_and_on_timeout() -> None:
    with pytest.raises(ZeroDivisionError), Piped(["/bin/sleep", "60"], timeout=30) as sink:
        raise ZeroDivisionError
    assert gone(sink.pid)
    with pytest.raises(ProcessTimeout), Piped(["/bin/sleep", "60"], timeout=0.5) as stuck:
        stuck.write(bytes(1_000_000))
    assert gone(stuck.pid)
