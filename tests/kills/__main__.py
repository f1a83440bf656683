"""`python -m tests.kills [--kill WHAT] [--share S]`: kill runs and accounts at every moment.

Prints each kill that did not go well, and a table. Exit code 1 if any did not.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path

from tests.kills.proof import kill_all, recorded_moments, sample
from tests.kills.survival import Means, Survival, kills_at, table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--kill", action="append", type=Means, metavar="WHAT", help=f"{', '.join(Means)} (all)"
    )
    parser.add_argument("--share", type=float, default=1.0, help="of the moments (1.0)")
    parser.add_argument("--seed", type=int, default=1, help="by which a share is drawn (1)")
    parser.add_argument(
        "--moment", default="*", metavar="PATTERN", help="only those, such as 'after CreatePool*'"
    )
    parser.add_argument("--jobs", type=int, default=2, help="accounts side by side (2)")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        survivals = asyncio.run(_prove(Path(folder), options, options.kill or list(Means)))
    sys.stdout.write(f"{table(survivals)}\nIn {time.monotonic() - began:.0f}s.\n")
    return 1 if any(survival.complaints for survival in survivals) else 0


async def _prove(
    folder: Path, options: argparse.Namespace, all_means: list[Means]
) -> list[Survival]:
    moments = [
        moment
        for moment in await recorded_moments(folder / "recorded")
        if fnmatchcase(str(moment), options.moment)
    ]
    kills = [
        kill
        for means in all_means
        for kill in kills_at(
            means, sample(moments, options.share, f"{options.seed} {means}"), options.seed
        )
    ]
    done = 0

    def tell(survival: Survival) -> None:
        nonlocal done
        done += 1
        if survival.complaints:
            sys.stdout.write(f"{survival}\n")
            sys.stdout.flush()
        sys.stderr.write(f"\r{done} of {len(kills)} ")
        sys.stderr.flush()

    return await kill_all(kills, folder, jobs=options.jobs, tell=tell)


if __name__ == "__main__":
    sys.exit(main())
