"""`python -m tests.bench NAME [...]` runs one of the benchmarks beside this file."""

import runpy
import sys
from pathlib import Path

NAMES = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in NAMES:
        raise SystemExit(f"Which benchmark: {', '.join(NAMES)}?")
    del sys.argv[1]
    runpy.run_module(f"{__package__}.{name}", run_name="__main__")
