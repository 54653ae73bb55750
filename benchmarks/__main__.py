"""Runs the benchmarks: every module of this folder that has `measure()`, or those named on the command line."""

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

import django

from benchmarks._table import HEADER


def main() -> None:
    """Print one table; `--quick` measures less of everything. Ends with 1 when a figure is past its bound."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="./studio bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller films: under three minutes")
    words = parser.parse_args()
    unknown = [name for name in words.names if name not in known]
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")
    django.setup()
    begun, failed = time.monotonic(), False
    print(HEADER, flush=True)
    for name in words.names or known:
        for row in importlib.import_module(f"benchmarks.{name}").measure(quick=words.quick):
            print(row.as_text().rstrip(), flush=True)
            failed = failed or row.verdict == "FAILED"
    print(f"{time.monotonic() - begun:.0f} s in all; the machine's load was {os.getloadavg()[0]:.1f}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
