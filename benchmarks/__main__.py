"""Runs the benchmarks: every module of this folder that has `measure()`, or those named on the command line."""

import importlib
import os
import sys
from pathlib import Path

import django


def main() -> None:
    """Print what each benchmark measured, one line a figure."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    wanted = sys.argv[1:] or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")
    django.setup()
    for name in wanted:
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            print(f"{name}: {figure}", flush=True)


if __name__ == "__main__":
    main()
