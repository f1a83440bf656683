"""`python -m tests.kills [--kill WHAT] [--share S]`: kill runs and accounts at every moment.

Prints each moment that did not go well, and a table. Exit code 1 if any did not.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from tests.kills.signals import SIGNALS, Survival, signal_proof

T = TypeVar("T")


def sample(items: Sequence[T], share: float, dice: random.Random) -> list[T]:
    """A share of the items in their order, at least one."""
    count = max(1, round(share * len(items)))
    return [items[index] for index in sorted(dice.sample(range(len(items)), count))]


def table(survivals: Sequence[Survival], seconds: float) -> str:
    """A row for each kind of kill, as in tests/README.md."""
    lines = [
        "| killed | moments | the process ends within | all is well again within |",
        "|--|--|--|--|",
    ]
    for what in dict.fromkeys(each.what for each in survivals):
        of_kind = [each for each in survivals if each.what == what]
        well = [each for each in of_kind if not each.complaints]
        ending = max((each.ending for each in well), default=0.0)
        recovery = sorted(each.recovery for each in well) or [0.0]
        median = recovery[len(recovery) // 2]
        lines.append(
            f"| {what} | {len(well)} of {len(of_kind)} | {ending:.1f}s | "
            f"{recovery[-1]:.1f}s, median {median:.1f}s |"
        )
    return "\n".join((*lines, f"In {seconds:.0f}s."))


async def prove_signals(
    folder: Path, signals: Sequence[signal.Signals], options: argparse.Namespace
) -> list[Survival]:
    """Every moment with every signal, or a share of them, on several accounts side by side."""
    dice, share = random.Random(options.seed), options.share
    async with signal_proof(folder / "recorded") as proof:
        moments = [m for m in await proof.moments() if fnmatchcase(str(m), options.moment)]
    kills = [(moment, number) for number in signals for moment in sample(moments, share, dice)]
    queue = iter(kills)
    survivals: list[Survival] = []

    async def work(index: int) -> None:
        async with signal_proof(folder / f"account{index}") as proof:
            for moment, number in queue:
                survivals.append(_said(await proof.survive(moment, number), len(survivals), kills))

    await asyncio.gather(*(work(index) for index in range(options.jobs)))
    order = {kill: index for index, kill in enumerate(kills)}
    return sorted(survivals, key=lambda s: order[s.moment, signal.Signals[s.what]])


def _said(survival: Survival, before: int, kills: Sequence[object]) -> Survival:
    if survival.complaints:
        sys.stdout.write(f"{survival}\n")
        sys.stdout.flush()
    sys.stderr.write(f"\r{before + 1} of {len(kills)} ")
    return survival


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [number.name.removeprefix("SIG") for number in SIGNALS]
    parser.add_argument(
        "--kill", action="append", choices=names, help="what is done to the run; all if left out"
    )
    parser.add_argument("--share", type=float, default=1.0, help="of the moments (1.0)")
    parser.add_argument(
        "--moment", default="*", metavar="PATTERN", help="only those, such as 'after CreatePool*'"
    )
    parser.add_argument("--seed", type=int, default=1, help="by which a share is drawn (1)")
    parser.add_argument("--jobs", type=int, default=2, help="accounts side by side (2)")
    options = parser.parse_args()
    wanted = options.kill or names
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        signals = [number for number in SIGNALS if number.name.removeprefix("SIG") in wanted]
        survivals = asyncio.run(prove_signals(Path(folder), signals, options))
    sys.stdout.write(f"{table(survivals, time.monotonic() - began)}\n")
    return 1 if any(survival.complaints for survival in survivals) else 0


if __name__ == "__main__":
    sys.exit(main())
