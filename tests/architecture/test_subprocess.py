"""Rule 7 of the house: child processes are started in one room only."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM = ROOT / "mvsite/common/process"


def imports_subprocess(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if "subprocess" in names:
            return True
    return False


def test_subprocess_is_imported_in_its_room_only() -> None:
    sources = [path for room in ("mvsite", "generation", "assets", "flavors") for path in (ROOT / room).rglob("*.py")]
    assert [path for path in sources if ROOM not in path.parents and imports_subprocess(path)] == []
