"""The keys at the lower edge: what they tell, what redrawing them costs, and clicking them."""

from batchtui.ui.widgets.keybar import KeyBar
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled
from tests.ui.scene import render_farm


async def test_the_bar_tells_what_the_pane_in_use_offers() -> None:
    app = TestedApp(await render_farm(nodes=4, tasks=4))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        await pilot.pause()
        bar = app.panes.query_one(KeyBar)
        before = bar.keys
        assert "Tasks" in {key.verb for key in before}
        await pilot.press("down", "down")
        assert bar.keys is before, "a cursor that moves changes no key"
        await pilot.press("question_mark")
        await pilot.pause()
        assert bar.keys is before, "nor does what lies over the screen"
        await pilot.press("escape", "5")
        await pilot.pause()
        assert "Output" in {key.verb for key in bar.keys}


async def test_a_key_is_clicked_as_it_is_pressed() -> None:
    app = TestedApp(await render_farm(nodes=4, tasks=4))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        bar = app.panes.query_one(KeyBar)
        columns = {key.verb: column for column in range(80) if (key := bar.key_at(column))}
        assert set(columns) == {key.verb for key in bar.keys}, "all of them fit"
        await pilot.hover(KeyBar, offset=(bar.gutter.left + columns["Filter"], 0))
        assert bar.tooltip == "show only the records that pass a filter".capitalize()
        await pilot.click(KeyBar, offset=(bar.gutter.left + columns["Help"], 0))
        await pilot.pause()
        assert type(app.screen).__name__ == "HelpScreen"


async def test_what_is_not_on_offer_is_told_and_does_nothing() -> None:
    app = TestedApp(FakeAccount())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        bar = app.panes.query_one(KeyBar)
        off = {key.verb for key in bar.keys if not key.enabled}
        assert "Nodes" in off
        column = next(c for c in range(80) if (key := bar.key_at(c)) and key.verb == "Nodes")
        await pilot.click(KeyBar, offset=(bar.gutter.left + column, 0))
        await pilot.pause()
        assert app.screen is app.panes
