"""The nodes of a pool: seen through a lens, marked, and asked about."""

from datetime import UTC, datetime, timedelta

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from batchtui.core.feed import Reading
from batchtui.core.models import Node, Pool, Window
from batchtui.core.states import NodeState
from batchtui.ui.panes.node_orders import NodesOrdered
from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.theme import FALLBACK
from tests.ui.conftest import text_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
STATES = (
    *(NodeState.RUNNING,) * 5, NodeState.STARTING, NodeState.STARTING, NodeState.IDLE,
    NodeState.UNUSABLE, NodeState.START_TASK_FAILED,
)  # fmt: skip
POOL = Pool("render", task_slots_per_node=4)


def nodes(minutes: int = 5) -> tuple[Node, ...]:
    since = NOW - timedelta(minutes=minutes)
    listed = [Node(f"n{index}", state, since) for index, state in enumerate(STATES)]
    listed[5] = Node("n5", NodeState.STARTING, NOW - timedelta(minutes=55))
    return tuple(listed)


class PaneApp(App[None]):
    def __init__(self, *, read_only: bool = False) -> None:
        super().__init__()
        self.read_only = read_only
        self.ordered: list[tuple[str, str, list[str]]] = []
        self.opened: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def compose(self) -> ComposeResult:
        pane = NodesPane(id="nodes")
        pane.read_only = self.read_only
        yield pane

    async def show(self, pilot: Pilot[None]) -> NodesPane:
        pane = self.query_one(NodesPane)
        pane.pool, pane.now = POOL, NOW
        pane.nodes = Reading(Window(nodes()), known=True)
        pane.heatmap.focus()
        await pilot.pause()
        return pane

    @on(NodesPane.TroubleWanted)
    def stay_here(self, message: NodesPane.TroubleWanted) -> None:
        """As the dashboard does where no other pool has any trouble."""
        pane = self.query_one(NodesPane)
        pane.seek_trouble(pane.about, back=message.back)

    @on(NodesOrdered)
    def keep_order(self, message: NodesOrdered) -> None:
        self.ordered.append((message.order, message.pool_id, [node.id for node in message.nodes]))

    @on(NodesPane.OpenRequested)
    @on(NodesPane.ListRequested)
    def keep_opened(self, message: NodesPane.OpenRequested | NodesPane.ListRequested) -> None:
        self.opened.append(message.node.id)


async def test_f_goes_from_one_trouble_to_the_next() -> None:
    app = PaneApp()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = await app.show(pilot)
        visited = []
        for key in ("f", "f", "f", "f", "F"):
            await pilot.press(key)
            visited.append(pane.highlighted.id if pane.highlighted else "")
        assert visited == ["n5", "n8", "n9", "n5", "n9"]
        await pilot.press("F", "F")
        await pilot.pause()
        assert "starting  55 min, stuck" in text_of(pane.detail)


async def test_choosing_in_the_legend_dims_the_rest_and_guides_marks() -> None:
    app = PaneApp()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = await app.show(pilot)
        assert "stuck 1" in text_of(pane.legend)
        await pilot.press("v", "v", "v")
        assert pane.lens.chosen == NodeState.STARTING
        await pilot.press("f", "f")
        assert pane.highlighted is not None
        assert pane.highlighted.id == "n6"
        await pilot.press("ctrl+a")
        assert pane.lens.marked == {"n5", "n6"}
        assert "2 marked" in str(pane.border_subtitle)
        await pilot.press("V", "V", "V")
        assert pane.lens.chosen == ""
        await pilot.click(pane.legend, offset=(pane.legend.size.width - 1, 0))
        assert pane.lens.chosen == ""
        await pilot.press("ctrl+backslash", "V")
        assert (pane.lens.marked, pane.lens.chosen) == (frozenset(), "stuck")


async def test_an_order_is_about_the_marked_nodes_or_the_one_under_the_cursor() -> None:
    app = PaneApp()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = await app.show(pilot)
        await pilot.press("l", "d")
        await pilot.press("space", "l", "l", "space", "d")
        assert app.ordered == [("remove", "render", ["n1"]), ("remove", "render", ["n1", "n3"])]
        await pilot.press("space", "enter", "L")
        assert app.opened == ["n3", "n3"]
        assert pane.lens.marked == {"n1"}


async def test_marks_go_with_their_nodes() -> None:
    app = PaneApp()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = await app.show(pilot)
        await pilot.press("space", "l", "space")
        pane.nodes = Reading(Window(nodes()[1:]), known=True)
        await pilot.pause()
        assert pane.lens.marked == {"n1"}
        pane.pool = Pool("another")
        assert pane.lens.marked == frozenset()


async def test_nothing_is_ordered_where_nothing_may_be_changed() -> None:
    app = PaneApp(read_only=True)
    async with app.run_test(size=(100, 24)) as pilot:
        await app.show(pilot)
        await pilot.press("d")
        assert app.ordered == []
        assert "d" not in app.screen.active_bindings


@pytest.mark.parametrize(("count", "words"), [(10, "10 nodes"), (9_000, "9,000 nodes · 23 to a")])
async def test_the_subtitle_says_how_many_share_a_cell(count: int, words: str) -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 14)) as pilot:
        pane = await app.show(pilot)
        pane.nodes = Reading(Window(tuple(Node(f"n{i}") for i in range(count))), known=True)
        await pilot.pause()
        assert words in str(pane.border_subtitle)
