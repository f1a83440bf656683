"""Many kills, on a few accounts side by side."""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from tests.kills.accounts import account_proof
from tests.kills.commands import signals_heeded
from tests.kills.moments import Moment
from tests.kills.signals import signal_proof
from tests.kills.survival import Kill, Means, Survival

T = TypeVar("T")


async def recorded_moments(folder: Path) -> list[Moment]:
    """All moments of a run that nothing happens to."""
    async with signal_proof(folder) as proof:
        return await proof.moments()


def sample(items: Sequence[T], share: float, seed: str) -> list[T]:
    """A share of the items in their order, at least one."""
    count = min(len(items), max(1, round(share * len(items))))
    chosen = random.Random(seed).sample(range(len(items)), count)
    return [items[index] for index in sorted(chosen)]


async def kill_all(
    kills: Sequence[Kill],
    folder: Path,
    *,
    jobs: int,
    tell: Callable[[Survival], None] = lambda _: None,
) -> list[Survival]:
    """What comes of each kill, in the order of `kills`. Each of the `jobs` has its own account."""
    found: dict[Kill, Survival] = {}

    def note(kill: Kill, survival: Survival) -> None:
        found[kill] = survival
        tell(survival)

    async def send_signals(place: Path, queue: Iterator[Kill]) -> None:
        async with signal_proof(place) as proof:
            for kill in queue:
                note(kill, await proof.survive(kill))

    async def kill_accounts(place: Path, queue: Iterator[Kill]) -> None:
        async with account_proof(place) as proof:
            for kill in queue:
                note(kill, await proof.survive(kill))

    for name, work, some in (
        ("signals", send_signals, [kill for kill in kills if kill.means is not Means.ACCOUNT]),
        ("accounts", kill_accounts, [kill for kill in kills if kill.means is Means.ACCOUNT]),
    ):
        queue = iter(some)
        places = [folder / f"{name}{job}" for job in range(min(jobs, len(some)))]
        with signals_heeded():
            async with asyncio.TaskGroup() as workers:
                for place in places:
                    workers.create_task(work(place, queue))
    return [found[kill] for kill in kills]
