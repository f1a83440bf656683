"""The runs under way, without any recipe behind them."""

import asyncio
from collections.abc import Callable

from textual.app import App

from batchtui.ui.runs import Runs
from tests.ui.stage import until


class Errand:
    """A run that goes on until it is let go."""

    noun = "errand"
    abandoned = "It ends."

    def __init__(self, caption: str) -> None:
        self.caption = caption
        self.begun = False
        self.cancelled = False
        self.told: Callable[[], None] = lambda: None
        self.go = asyncio.Event()

    async def carry_out(self) -> None:
        self.begun = True
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


async def test_runs_are_live_until_they_end_and_say_so() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        runs = Runs(app.run_worker)
        heard: list[str] = []
        runs.subscribe(lambda: heard.append(runs.caption))
        first, second = Errand("a 1/3"), Errand("b 0/1")
        runs.start(first)
        runs.start(second)
        assert runs.live == (first, second)
        assert heard == ["a 1/3", "a 1/3, b 0/1"]
        first.go.set()
        await until(pilot, lambda: runs.live == (second,))
        assert heard[-1] == "b 0/1"
        second.go.set()
        await until(pilot, lambda: not runs.live)


async def test_cancelling_waits_until_they_have_ended() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        runs = Runs(app.run_worker)
        errands = [Errand("a"), Errand("b")]
        for errand in errands:
            runs.start(errand)
        await until(pilot, lambda: all(errand.begun for errand in errands))
        await runs.cancel_all()
        assert not runs.live
        assert all(errand.cancelled for errand in errands)
