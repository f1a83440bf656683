"""Work that goes on while its screen is closed."""

import asyncio

import pytest
from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.worker import WorkerFailed

from batchtui.ui.widgets.plain_text import PlainText
from tests.ui.conftest import TestedApp, settled, until


class Slow(Screen[None]):
    """Works while it is closed."""

    def compose(self) -> ComposeResult:
        yield PlainText(id="here")

    @work
    async def look_for(self, what: str, ready: asyncio.Event) -> None:
        try:
            await ready.wait()
        finally:
            # As work does that is amid something when it is cancelled.
            self.query_one(what)


async def test_work_that_a_closed_screen_left_ends_nothing(app: TestedApp) -> None:
    async with app.run_test() as pilot:
        await settled(pilot, app)
        screen = Slow()
        await app.push_screen(screen)
        screen.look_for("#here", asyncio.Event())
        await pilot.pause()
        app.pop_screen()
        await until(lambda: not screen.is_running)
        await pilot.pause()
        assert app.return_code is None


async def test_work_of_an_open_screen_that_looks_for_nothing_there_is_a_bug(
    app: TestedApp,
) -> None:
    async def look_for_nothing() -> None:
        async with app.run_test() as pilot:
            await settled(pilot, app)
            screen, ready = Slow(), asyncio.Event()
            await app.push_screen(screen)
            screen.look_for("#there", ready)
            ready.set()
            await pilot.pause()

    with pytest.raises(WorkerFailed):
        await look_for_nothing()
