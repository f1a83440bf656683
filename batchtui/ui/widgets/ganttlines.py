"""How the lanes of a job are drawn, line by line."""

from itertools import groupby

from textual.reactive import var
from textual.strip import Strip

from batchtui.core.course import Course, Lane, Stint
from batchtui.ui.widgets.columns import cut
from batchtui.ui.widgets.ganttcells import LOOKS, Scope, lane_cells
from batchtui.ui.widgets.lines import LinesView
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.timeaxis import axis, rounded_up
from batchtui.ui.widgets.tones import Spans, Tone

HEADER = 1
"""The line with the marks of time."""
ROW, FOCUSED = "on $row", "on $row-focused"
"""What the lane under the cursor lies on while the lanes have not the focus, and while they do."""
ROOMY = 100
"""Cells from which on a lane's label says more than the node."""


class GanttLines(LinesView):
    """Draws those lanes that are on screen."""

    MARK = "▌"
    DEFAULT_CSS = """
    GanttLines {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    course: var[Course] = var(Course, init=False)
    now: var[float] = var(0.0, init=False)
    window: var[tuple[float, float] | None] = var(None, init=False)
    """The time that the user zoomed to; None for all of it."""
    row: var[int] = var(0, init=False)
    empty: var[str] = var("Looking…", init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lanes: tuple[Lane, ...] = ()
        self.stint: Stint | None = None
        """The task under the cursor."""
        self._strips: dict[str, tuple[Scope, float, Strip]] = {}
        """What was drawn of nodes that the cursor is not on."""

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    @property
    def label(self) -> int:
        """Cells before the time begins, the cursor's mark among them."""
        return 26 if self.size.width >= ROOMY else 19

    @property
    def whole(self) -> tuple[float, float]:
        """All of the job's time, and a little room in which it may go on."""
        begin = self.course.begin
        return begin, begin + rounded_up(max(1.0, self.course.end(self.now) - begin))

    @property
    def scope(self) -> Scope:
        begin, end = self.window or self.whole
        width = max(1, self.scrollable_content_region.width - self.label)
        return Scope(begin, end, width)

    def render_line(self, y: int) -> Strip:
        if not self.lanes:
            text = f" {self.empty}" if y == 1 else ""
            return self.line(((text, Tone.MUTED),))
        if y < HEADER:
            return self._axis()
        index = y - HEADER + self.scroll_offset.y
        if index >= len(self.lanes):
            return Strip.blank(self.size.width, self.style())
        return self._lane(self.lanes[index], at_cursor=index == self.row)

    def _axis(self) -> Strip:
        text = " " * self.label + axis(self.scope, self.course.begin)
        return self.line(((text, Tone.MUTED),))

    def _lane(self, lane: Lane, *, at_cursor: bool) -> Strip:
        scope = self.scope
        if at_cursor:
            ground = FOCUSED if self.has_focus else ROW
            return self._drawn(lane, scope, ground)
        now = self.now if lane.open_since is not None else 0.0
        kept = self._strips.get(lane.node_id)
        if kept is None or kept[0] != scope or kept[1] != now:
            kept = self._strips[lane.node_id] = scope, now, self._drawn(lane, scope)
        return kept[2]

    def _drawn(self, lane: Lane, scope: Scope, *ground: str) -> Strip:
        """The label, then the cells in as few pieces as there are changes of look."""
        mark = (self.MARK, Tone.ACTIVE) if ground else (" ", "")
        said = [mark, *cut(self._said(lane), self.label - 2), (" ", "")]
        chosen = range(0)
        if ground and self.stint is not None:
            chosen = scope.extent(self.stint, self.now)
        cells = enumerate(lane_cells(lane, scope, self.now))
        for (look, at_task), run in groupby(cells, lambda cell: (cell[1][1], cell[0] in chosen)):
            text = "".join(char for _, (char, _) in run)
            said.append((text, f"{LOOKS[look]} reverse" if at_task else LOOKS[look]))
        return self.line(tuple(said), *ground)

    def _said(self, lane: Lane) -> Spans:
        """The node, how many tasks it ran, and how many of them failed."""
        failed = f"✗{lane.failed:,}" if lane.failed else ""
        name = short_node(lane.node_id)
        parts = [(f"{name:<12} ", Tone.BAD if lane.failed else Tone.PLAIN)]
        if self.label > 20:
            parts.append((f"{len(lane.stints):>5,} ", Tone.MUTED))
        parts.append((f"{failed:>4}", Tone.BAD))
        return tuple(parts)
