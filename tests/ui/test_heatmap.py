"""The heatmap: one tile per node, at the largest scale that shows them all."""

from msgspec.structs import replace
from textual.app import App, ComposeResult

from batchtui.core.models import Node
from batchtui.core.states import NodeState
from batchtui.ui.theme import FALLBACK
from batchtui.ui.widgets.glyphs import NODES, SPOT, fill
from batchtui.ui.widgets.heatmap import NodeHeatmap
from batchtui.ui.widgets.tiles import BROAD, NAMED, SMALL
from tests.ui.conftest import text_of


def nodes(count: int, state: NodeState = NodeState.IDLE) -> tuple[Node, ...]:
    return tuple(Node(f"tvm-{index:05d}", state) for index in range(count))


class HeatmapApp(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def compose(self) -> ComposeResult:
        yield NodeHeatmap()

    @property
    def heatmap(self) -> NodeHeatmap:
        return self.query_one(NodeHeatmap)


async def test_every_state_is_drawn_with_its_glyph_and_colour() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(21, 4)) as pilot:
        app.heatmap.nodes = tuple(
            Node(state.value, state, running_task_slots_count=1) for state in NodeState
        )
        await pilot.pause()
        assert app.heatmap.scale == SMALL
        drawn = text_of(app.heatmap).split()
        assert set(drawn) == {glyph for glyph, _ in NODES.values()}
        styles = {segment.style for y in range(2) for segment in app.heatmap.render_line(y)}
        colours = {style.color for style in styles if style is not None}
        assert len(colours) >= len(NodeState)


async def test_slots_in_use_fill_the_tile_and_spot_nodes_have_a_mark() -> None:
    assert [fill(used, 4) for used in range(5)] == ["▂", "▂", "▄", "▅", "▇"]
    assert fill(7, 0) == "▇"
    app = HeatmapApp()
    async with app.run_test(size=(20, 2)) as pilot:
        running = Node("a", NodeState.RUNNING, running_task_slots_count=2, is_dedicated=False)
        app.heatmap.slots = 4
        app.heatmap.nodes = (running, *nodes(2))
        await pilot.pause()
        assert app.heatmap.scale == BROAD
        assert text_of(app.heatmap).splitlines()[0] == f"▄▄{SPOT} ·   ·"


async def test_few_nodes_are_named_and_many_are_small() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(110, 5)) as pilot:
        for count, scale in ((8, NAMED), (60, BROAD), (2_000, SMALL)):
            app.heatmap.nodes = nodes(count)
            await pilot.pause()
            assert app.heatmap.scale == scale
        app.heatmap.nodes = nodes(3)
        await pilot.pause()
        assert "tvm-00002" in text_of(app.heatmap)


async def test_the_cursor_moves_by_keys_and_mouse_and_keeps_its_node() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(21, 6)) as pilot:
        heatmap = app.heatmap
        heatmap.nodes = nodes(95)
        await pilot.pause()
        columns = heatmap.columns
        await pilot.press("l", "l", "j", "h", "right", "down", "k")
        assert heatmap.cursor == columns + 2
        await pilot.press("G")
        assert heatmap.cursor == 94
        await pilot.press("j")
        assert heatmap.cursor == 94
        await pilot.pause()
        assert heatmap.scroll_offset.y == 94 // columns + 1 - 6
        await pilot.press("g")
        await pilot.pause()
        await pilot.click(heatmap, offset=(6, 2))
        assert heatmap.cursor == 2 * columns + 3
        highlighted = heatmap.highlighted
        assert highlighted is not None
        heatmap.nodes = (Node("aaa"), *heatmap.nodes)
        assert heatmap.highlighted == highlighted


async def test_a_change_of_one_node_redraws_one_row() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(21, 6)) as pilot:
        heatmap = app.heatmap
        before = nodes(95)
        heatmap.nodes = before
        await pilot.pause()
        drawn: list[int] = []
        refresh_lines = heatmap.refresh_lines

        def note(y: int, line_count: int = 1) -> None:
            drawn.append(y)
            refresh_lines(y, line_count)

        # Watched, to see what is redrawn.
        heatmap.refresh_lines = note  # type: ignore[method-assign,assignment]
        changed = replace(before[25], state=NodeState.UNUSABLE)
        heatmap.nodes = (*before[:25], changed, *before[26:])
        assert drawn == [25 // heatmap.columns]
        heatmap.nodes = (*before[:25], changed, *before[26:])
        assert len(drawn) == 1


async def test_ten_thousand_nodes_are_reached_at_once() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(81, 20)) as pilot:
        app.heatmap.nodes = nodes(10_000)
        await pilot.press("G")
        await pilot.pause()
        assert app.heatmap.cursor == 9_999
        assert app.heatmap.scroll_offset.y > 200
