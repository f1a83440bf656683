"""`python -m tests.weather [--cell run] [--weather 429] [--seeds N]`: everything in bad weather.

Prints each try that did not go well, and a table. Exit code 1 if any did not.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from batchtui.local.play import Play
from tests.weather.account import weather_account
from tests.weather.bulk_orders import BulkProof, batch_client
from tests.weather.client import session_of
from tests.weather.dashboards import watching, write_world
from tests.weather.matrix import Cell, Doing, Tried, cells, table
from tests.weather.outcome import CellOutcome
from tests.weather.runs import RunProof
from tests.weather.transfers import TransferProof
from tests.weather.weathers import Place

Try = Callable[[Cell], Awaitable[CellOutcome]]


@asynccontextmanager
async def opened(doing: Doing, folder: Path) -> AsyncIterator[Try]:
    """What tries one cell of a kind after another, on an account of its own."""
    async with AsyncExitStack() as stack:
        if doing is Doing.DASHBOARD:
            play = Play(write_world(folder))
            account = await stack.enter_async_context(weather_account(folder, play=play))
            dashboard = await stack.enter_async_context(watching(account))
            yield lambda cell: dashboard.outlast(cell.weather, cell.place, cell.seed)
            return
        account = await stack.enter_async_context(weather_account(folder))
        if doing in (Doing.RUN, Doing.LOST):
            runs = RunProof(folder / "runs", account)
            yield lambda cell: runs.outlast(
                cell.weather.on(cell.place, cell.seed),
                nodes=cell.place is Place.ALL,
                within=cell.doing is Doing.LOST,
            )
            return
        session = await stack.enter_async_context(session_of(account.connection))
        if doing is Doing.BULK:
            client = await stack.enter_async_context(batch_client(account.connection))
            orders = BulkProof(account, client, session.gateway.batch)
            yield lambda cell: orders.outlast(cell.weather.on(cell.place, cell.seed))
            return
        assert session.gateway.storage is not None
        transfers = TransferProof(folder, account, session.gateway.storage)
        yield lambda cell: transfers.outlast(cell.weather.on(cell.place, cell.seed), cell.seed)


async def _work(doing: Doing, folder: Path, queue: Iterator[Cell], tried: list[Tried]) -> None:
    async with opened(doing, folder) as attempt:
        for cell in queue:
            _take(Tried(cell, await attempt(cell)), tried)


def _take(one: Tried, tried: list[Tried]) -> None:
    tried.append(one)
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


async def prove(chosen: list[Cell], folder: Path, jobs: int) -> list[Tried]:
    """Try all cells, a few side by side."""
    tried: list[Tried] = []
    for doing in dict.fromkeys(cell.doing for cell in chosen):
        queue = iter([cell for cell in chosen if cell.doing is doing])
        places = [folder / f"{doing}{number}" for number in range(jobs)]
        await asyncio.gather(*(_work(doing, place, queue, tried) for place in places))
    return tried


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
        tried = asyncio.run(prove(chosen, Path(folder), options.jobs))
    sys.stdout.write(f"{table(tried)}\nIn {time.monotonic() - began:.0f}s.\n")
    return 1 if any(each.outcome.complaints for each in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
