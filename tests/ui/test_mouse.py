"""All that keys do can be done with a mouse."""

import pytest
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.help import HelpScreen
from batchtui.ui.screens.node import NodeScreen
from batchtui.ui.widgets.keybar import KeyBar
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm


@pytest.mark.slow
async def test_the_mouse_works_everywhere() -> None:
    app = TestedApp(await render_farm(nodes=40, tasks=60))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        panes = app.panes
        pools, jobs = panes.query_one(PoolsPane), panes.query_one(JobsPane)
        rows = text_of(pools.table).splitlines()
        farm = next(y for y, row in enumerate(rows) if "render-farm" in row)
        await pilot.click(pools.table, offset=(4, farm))
        await settled(pilot, app)
        await pilot.click(jobs, offset=(3, 0))
        assert jobs.has_focus_within, "the title of a pane leads into it"
        await pilot.click(jobs.table, offset=(3, 0))
        assert jobs.view.sort, "a heading sorts"
        await _heatmap(pilot, app)
        tasks = panes.query_one(TasksPane)
        await pilot._post_mouse_events([MouseScrollDown], tasks.table, offset=(5, 5))
        await until(lambda: tasks.table.scroll_offset.y > 0, what="the wheel scrolls")
        bar = panes.query_one(KeyBar)
        await pilot.click(bar, offset=(text_of(bar).index("Help"), 0))
        await until(lambda: isinstance(app.screen, HelpScreen), what="a footer's key is clicked")


async def _heatmap(pilot: Pilot[int], app: TestedApp) -> None:
    nodes = app.panes.query_one(NodesPane)
    heatmap, legend = nodes.heatmap, nodes.legend
    await pilot.click(heatmap, offset=(1 + 2 * heatmap.scale.width, 0))
    assert heatmap.cursor == 2
    await pilot.click(legend, offset=(1, 0))
    assert nodes.lens.chosen == legend.keys[0]
    await pilot.click(heatmap, offset=(1 + heatmap.scale.width, 0), times=2)
    await until(lambda: isinstance(app.screen, NodeScreen), what="a second click opens")
    await pilot.press("escape")
    await until(lambda: app.screen is app.panes)
