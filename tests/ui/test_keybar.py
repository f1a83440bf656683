"""The keys at the lower edge, and what redrawing them costs."""

from textual.widgets._footer import FooterKey

from batchtui.ui.widgets.keybar import KeyBar
from tests.ui.conftest import TestedApp, settled
from tests.ui.scene import render_farm


async def test_moving_a_cursor_makes_no_key_anew_and_another_pane_does() -> None:
    app = TestedApp(await render_farm(nodes=4, tasks=4))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        bar = app.panes.query_one(KeyBar)
        before = list(bar.query(FooterKey))
        assert before
        await pilot.press("down", "down")
        assert list(bar.query(FooterKey)) == before
        await pilot.press("5")
        await pilot.pause()
        assert list(bar.query(FooterKey)) != before
        assert "Output" in {key.description for key in bar.query(FooterKey)}
