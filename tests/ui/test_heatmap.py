"""The heatmap: one tile per node, at the largest scale that shows them all."""

from msgspec.structs import replace
from textual.app import App, ComposeResult

from batchtui.core.models import Node
from batchtui.core.states import NodeState
from batchtui.ui.theme import FALLBACK
from batchtui.ui.widgets.glyphs import MARKED, NODES, SPOT, STUCK, fill
from batchtui.ui.widgets.heatmap import NodeHeatmap
from batchtui.ui.widgets.legend import Legend
from batchtui.ui.widgets.tiles import BROAD, NAMED, SMALL, TIGHT, Lens, Scale
from batchtui.ui.widgets.tones import Tone
from tests.ui.conftest import text_of, until


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
        app.heatmap.lens = Lens(slots=4)
        app.heatmap.nodes = (running, *nodes(2))
        await pilot.pause()
        assert app.heatmap.scale == BROAD
        assert text_of(app.heatmap).splitlines()[0] == f"▄▄{SPOT} ·   ·"


async def test_few_nodes_are_named_and_of_very_many_several_share_a_cell() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(110, 5)) as pilot:
        for count, scale in (
            (8, NAMED), (60, BROAD), (200, SMALL), (500, TIGHT), (2_000, Scale(1, 1, 4)),
        ):  # fmt: skip
            app.heatmap.nodes = nodes(count)
            await pilot.pause()
            assert app.heatmap.scale == scale
        app.heatmap.larger = 2
        assert app.heatmap.scale == SMALL
        app.heatmap.larger = 0
        app.heatmap.nodes = nodes(3)
        await pilot.pause()
        assert "tvm-00002" in text_of(app.heatmap)


async def test_the_cursor_moves_by_keys_and_mouse_and_keeps_its_node() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(21, 6)) as pilot:
        heatmap = app.heatmap
        heatmap.larger = 1
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
        assert app.heatmap.scroll_offset.y == 0
        app.heatmap.larger = 2
        await pilot.pause()
        assert app.heatmap.scale == SMALL
        assert app.heatmap.scroll_offset.y > 200


async def test_what_is_wrong_stands_for_its_cell() -> None:
    """One broken node among seven shows, whatever the others do."""
    app = HeatmapApp()
    async with app.run_test(size=(11, 10)) as pilot:
        heatmap = app.heatmap
        many = list(nodes(700, NodeState.RUNNING))
        many[17] = Node(many[17].id, NodeState.UNUSABLE)
        many[24] = Node(many[24].id, NodeState.STARTING)
        heatmap.lens = Lens(stuck=frozenset({many[24].id}))
        heatmap.nodes = tuple(many)
        await pilot.pause()
        assert heatmap.scale == Scale(1, 1, 7)
        assert text_of(heatmap).splitlines()[0] == "▂▂!*▂▂▂▂▂▂"
        await pilot.press("l", "l")
        assert heatmap.highlighted == many[17]
        assert len(heatmap.here) == 7
        await pilot.press("h")
        await pilot.press("l")
        assert heatmap.highlighted == many[17]


async def test_what_is_not_chosen_is_dimmed() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(21, 2)) as pilot:
        heatmap = app.heatmap
        states = (NodeState.IDLE, NodeState.OFFLINE, NodeState.IDLE, NodeState.UNUSABLE)
        heatmap.nodes = tuple(Node(str(i), state) for i, state in enumerate((*states, *states)))
        heatmap.cursor = 7
        await pilot.pause()

        def dimmed() -> list[bool]:
            faint = heatmap.style(Tone.TRACK).color
            cells = [
                piece.style is not None and piece.style.color == faint
                for piece in heatmap.render_line(0)
                for _ in piece.text
            ]
            return cells[:8:2]

        assert dimmed() == [False] * 4
        heatmap.lens = Lens(chosen=NodeState.OFFLINE)
        assert dimmed() == [True, False, True, True]
        heatmap.lens = Lens(chosen="stuck", stuck=frozenset({"0"}))
        assert dimmed() == [False, True, True, True]


async def test_marks_and_trouble_are_noted_beside_the_shape() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(9, 4)) as pilot:
        app.heatmap.lens = Lens(stuck=frozenset("bc"), marked=frozenset("c"))
        app.heatmap.nodes = tuple(
            Node(name, NodeState.STARTING, is_dedicated=False) for name in "abcdefghijklmn"
        )
        await pilot.pause()
        assert app.heatmap.scale == SMALL
        assert text_of(app.heatmap).splitlines()[0] == f"▲{SPOT}▲{STUCK}▲{MARKED}▲{SPOT}"


async def test_seeking_goes_round() -> None:
    app = HeatmapApp()
    async with app.run_test(size=(21, 4)):
        heatmap = app.heatmap
        heatmap.nodes = (*nodes(3), Node("x", NodeState.UNUSABLE), *nodes(2))
        assert heatmap.seek(lambda node: node.state is NodeState.UNUSABLE)
        assert heatmap.cursor == 3
        assert heatmap.seek(lambda node: node.state is NodeState.IDLE)
        assert heatmap.seek(lambda node: node.state is NodeState.UNUSABLE, back=True)
        assert heatmap.cursor == 3
        assert not heatmap.seek(lambda node: node.state is NodeState.OFFLINE)
        assert heatmap.cursor == 3


class LegendApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def compose(self) -> ComposeResult:
        yield Legend()

    def on_legend_chosen(self, message: Legend.Chosen) -> None:
        self.chosen.append(message.key)


async def test_the_legend_counts_and_a_click_chooses() -> None:
    app = LegendApp()
    async with app.run_test(size=(40, 4)) as pilot:
        legend = app.query_one(Legend)
        legend.counts = {NodeState.IDLE: 1_200, NodeState.UNUSABLE: 3}
        legend.stuck, legend.spot = 2, 9
        await pilot.pause()
        assert text_of(legend).splitlines() == [
            "· idle 1,200   ! unusable 3   * stuck 2",
            "ˢ spot 9",
        ]
        legend.tight = True
        await until(
            lambda: text_of(legend).splitlines()[1] == "spot 9", what="no mark that is none"
        )
        legend.tight = False
        await pilot.pause()
        assert legend.keys == ("idle", "unusable", "stuck", "spot")
        await pilot.click(legend, offset=(17, 0))
        await pilot.click(legend, offset=(13, 0))
        await pilot.click(legend, offset=(2, 1))
        await pilot.click(legend, offset=(20, 1))
        assert app.chosen == ["unusable", "spot"]
