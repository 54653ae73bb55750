"""`create_admin` on a database without tables: a sentence, no traceback."""

from pathlib import Path

from tests.support.processes import ran


def test_before_migrate_it_says_what_to_run_first(tmp_path: Path) -> None:
    ended = ran(tmp_path / "data", "manage.py", "create_admin", "boss")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith("Run manage.py migrate first.")
    assert "Traceback" not in ended.stderr
