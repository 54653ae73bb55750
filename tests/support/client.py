"""The client that users copy, `docs/client/mv_client.py`, as a module."""

import importlib.util
from types import ModuleType

from tests.support.tree import ROOT


def mv_client() -> ModuleType:
    """Load the file where it lies: it is no package of ours, and needs none."""
    spec = importlib.util.spec_from_file_location("mv_client", ROOT / "docs" / "client" / "mv_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
