"""`python -m tests.weather [--cell run] [--weather 429] [--seeds N]`: everything in bad weather.

Prints each try, what was wrong with it, and a table. Exit code 1 if anything was.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.weather.matrix import Doing, Tried, cells, table
from tests.weather.proof import prove
from tests.weather.weathers import Place


def _say(one: Tried) -> None:
    outcome = one.outcome
    said = "well" if not outcome.complaints else "NOT WELL"
    out = sys.__stdout__  # Textual takes the other while a dashboard runs.
    assert out is not None
    out.write(
        f"{said}: {one.cell}: {outcome.end} ({outcome.struck} struck, {outcome.took:.1f}s, "
        f"{outcome.recovery:.1f}s)\n"
    )
    for complaint in outcome.complaints:
        out.write("  " + complaint.replace("\n", "\n    ") + "\n")
    out.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cell", action="append", type=Doing, choices=list(Doing), metavar="CELL",
                        help=f"what is tried: {', '.join(Doing)}; all if left out")  # fmt: skip
    parser.add_argument("--weather", action="append", default=[], metavar="NAME",
                        help="those with this in their name; all if left out")  # fmt: skip
    parser.add_argument("--place", action="append", type=Place, choices=list(Place), default=[],
                        metavar="PLACE", help=f"{', '.join(Place)}; all if left out")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=1, help="how many of each (1)")
    parser.add_argument("--jobs", type=int, default=2, help="accounts side by side (2)")
    options = parser.parse_args()
    began = time.monotonic()
    chosen = cells(options.cell or list(Doing), options.weather, options.place, options.seeds)
    with tempfile.TemporaryDirectory(prefix="weather-") as folder:
        tried = asyncio.run(prove(chosen, Path(folder), options.jobs, say=_say))
    sys.stdout.write(f"{table(tried)}\nIn {time.monotonic() - began:.0f}s.\n")
    return 1 if any(each.outcome.complaints for each in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
