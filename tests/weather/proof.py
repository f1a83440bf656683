"""Carries out cells of the proof, each kind on accounts of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from batchtui.local.play import Play
from tests.weather.account import weather_account
from tests.weather.bulk_orders import BulkProof, batch_client
from tests.weather.client import session_of
from tests.weather.dashboards import watching, write_world
from tests.weather.matrix import Cell, Doing, Tried
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


async def _work(
    doing: Doing, folder: Path, queue: Iterator[Cell], take: Callable[[Tried], None]
) -> None:
    async with opened(doing, folder) as attempt:
        for cell in queue:
            take(Tried(cell, await attempt(cell)))


async def prove(
    chosen: list[Cell], folder: Path, jobs: int, *, say: Callable[[Tried], None] = lambda _: None
) -> list[Tried]:
    """Try all cells, a few side by side."""
    tried: list[Tried] = []

    def take(one: Tried) -> None:
        tried.append(one)
        say(one)

    for doing in dict.fromkeys(cell.doing for cell in chosen):
        queue = iter([cell for cell in chosen if cell.doing is doing])
        places = [folder / f"{doing}{number}" for number in range(jobs)]
        await asyncio.gather(*(_work(doing, place, queue, take) for place in places))
    return tried
