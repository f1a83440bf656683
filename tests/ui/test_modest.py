"""What few records leave free, the jobs get; and nothing moves for one record more or less."""

from typing import Any

from textual.pilot import Pilot

from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled
from tests.ui.scene import render_farm


def heights(app: TestedApp) -> dict[str | None, int]:
    return {pane.id: pane.size.height for pane in app.panes.query("#left > Pane")}


async def holding(pilot: Pilot[Any], app: TestedApp, count: int) -> dict[str | None, int]:
    """How high the panes are when there are so many containers; they fill the column."""
    app.account.storage.held = {f"c-{index:03d}": {} for index in range(count)}
    await settled(pilot, app)
    found = heights(app)
    column = app.panes.query_one("#left").size.height
    assert sum(found.values()) + 2 * len(found) == column
    return found


async def test_panes_take_the_lines_that_their_records_need() -> None:
    account: FakeAccount = await render_farm(nodes=8, tasks=20)
    app = TestedApp(account)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        none = await holding(pilot, app, 0)
        assert none["containers"] == 4, "room for the sentence"
        assert none["pools"] == 1 + 3 + 2 + 1, "three, what is wrong with one, and a free line"
        six = await holding(pilot, app, 6)
        assert six["containers"] == 8
        assert await holding(pilot, app, 7) == six, "there was a free line"
        assert await holding(pilot, app, 5) == six, "one that goes leaves its line free"
        assert (await holding(pilot, app, 4))["containers"] == 6
        crowded = await holding(pilot, app, 90)
        assert crowded["containers"] == 12
        assert crowded["jobs"] > crowded["pools"] + crowded["containers"]
        await pilot.press("3", "z")
        await pilot.pause()
        assert app.panes.query_one("#containers").size.height == 56
        await pilot.press("z")
        await pilot.pause()
        assert heights(app) == crowded
        await pilot.resize_terminal(200, 30)
        await pilot.pause()
        assert heights(app)["jobs"] > heights(app)["pools"] == heights(app)["containers"]
