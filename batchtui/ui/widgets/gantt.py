"""One lane per node: what it ran when, where it idled, and what failed on it."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, clamp
from textual.message import Message
from textual.reactive import var

from batchtui.core.course import Lane, Stint
from batchtui.ui.widgets.ganttlines import HEADER, GanttLines

CLOSEST = 0.01
"""Seconds that a cell stands for at the least."""


class Gantt(GanttLines, can_focus=True):
    """The cursor is on a task, and stays there while others come."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "lane(-1)", "Up", show=False),
        Binding("down,j", "lane(1)", "Down", show=False),
        Binding("left,h", "stint(-1)", "Task before", show=False),
        Binding("right,l", "stint(1)", "Next task", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "edge(0)", "First", show=False),
        Binding("end,G", "edge(-1)", "Last", show=False),
        Binding("plus,equals_sign", "zoom(0.5)", "Zoom in", tooltip="Less time, in more detail",
                id="gantt.in"),
        Binding("minus", "zoom(2)", "Zoom out", show=False, tooltip="More time", id="gantt.out"),
        Binding("0", "fit", "Fit", show=False, tooltip="All of the time", id="gantt.fit"),
        Binding("H,shift+left", "pan(-1)", "Earlier", show=False, tooltip="Go back in time",
                id="gantt.earlier"),
        Binding("L,shift+right", "pan(1)", "Later", show=False, tooltip="Go on in time",
                id="gantt.later"),
        Binding("right_square_bracket", "failure(1)", "Next failure", show=False,
                tooltip="Go to the next task that failed", id="gantt.next_failure"),
        Binding("left_square_bracket", "failure(-1)", "Failure before", show=False,
                tooltip="Go to the task before that failed", id="gantt.previous_failure"),
    ]  # fmt: skip

    worst_first: var[bool] = var(False, init=False)
    """Whether the nodes with the most failures come first, rather than by their ids."""

    class Highlighted(Message):
        """The cursor is on another task, or that task changed; None where there is none."""

        def __init__(self, stint: Stint | None) -> None:
            self.stint = stint
            super().__init__()

    class Selected(Message):
        """A second click on the task under the cursor."""

    class Scoped(Message):
        """Another stretch of time is on screen."""

        def __init__(self, begin: float, end: float) -> None:
            self.begin = begin
            self.end = end
            super().__init__()

    def watch_course(self) -> None:
        self._order()

    def watch_worst_first(self) -> None:
        self._order()

    def watch_now(self, before: float, now: float) -> None:
        if len(self.course.starts) > len(self.course.ends):
            self.refresh()
            self._tell_scope()

    def watch_window(self) -> None:
        self.refresh()
        self._tell_scope()

    def watch_empty(self) -> None:
        self.refresh()

    def validate_row(self, row: int) -> int:
        return clamp(row, 0, max(0, len(self.lanes) - 1))

    def watch_row(self, before: int, after: int) -> None:
        self._refresh_lane(before)
        self._refresh_lane(after)
        # One row higher than the lane, so that the fixed header never hides it.
        region = Region(0, self.row, 1, 1 + HEADER)
        self.scroll_to_region(region, animate=False, x_axis=False, immediate=True, force=True)

    def on_resize(self) -> None:
        self._reshape()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < HEADER or not self.lanes:
            return
        scope = self.scope
        moment = scope.begin + (offset.x - self.label + 0.5) * scope.cell
        self.row = offset.y - HEADER + self.scroll_offset.y
        self._put(nearest(self.lanes[self.row], moment))
        if event.chain == 2:
            self.post_message(self.Selected())

    def action_lane(self, rows: int) -> None:
        """Go to another node, and there to the task nearest in time."""
        if self.lanes and self.stint is not None:
            moment = self.stint.start
            self.row += rows
            self._put(nearest(self.lanes[self.row], moment))

    def action_page(self, pages: int) -> None:
        self.action_lane(pages * max(1, self.size.height - HEADER))

    def action_edge(self, index: int) -> None:
        self.action_lane(-self.row if index == 0 else len(self.lanes))

    def action_stint(self, steps: int) -> None:
        """Go to another task of the same node."""
        if self.lanes and self.stint is not None:
            stints = self.lanes[self.row].stints
            index = _index(stints, self.stint) + steps
            self._put(stints[clamp(index, 0, len(stints) - 1)])

    def action_failure(self, step: int) -> None:
        """Go to another task that failed: on this node, or on the next one with any."""
        if self.stint is None:
            return
        stints = self.lanes[self.row].stints
        here = _index(stints, self.stint)
        rest = stints[here + 1 :] if step > 0 else stints[:here][::-1]
        row = self.row
        while True:
            found = next((stint for stint in rest if stint.failed), None)
            if found is not None:
                self.row = row
                self._put(found)
                return
            row += step
            if not 0 <= row < len(self.lanes):
                return
            lane = self.lanes[row]
            rest = lane.stints[::step] if lane.failed else ()

    def action_zoom(self, factor: float) -> None:
        """Show less or more time around the task under the cursor."""
        scope = self.scope
        begin, end = self.whole
        length = (scope.end - scope.begin) * factor
        if length >= end - begin:
            self.window = None
            return
        length = max(length, CLOSEST * scope.width)
        middle = (scope.begin + scope.end) / 2
        if factor < 1 and self.stint is not None:
            middle = self.stint.start
        self._show(middle - length / 2, length)

    def action_pan(self, direction: int) -> None:
        if self.window is not None:
            begin, end = self.window
            self._show(begin + (end - begin) / 4 * direction, end - begin)

    def action_fit(self) -> None:
        self.window = None

    def _show(self, begin: float, length: float) -> None:
        """Show that much time from there on, as far as the job reaches."""
        first, last = self.whole
        begin = clamp(begin, first, max(first, last - length))
        self.window = begin, begin + length

    def _order(self) -> None:
        """Take over the lanes; the cursor stays on its task."""
        lanes = self.course.lanes
        if self.worst_first:
            lanes = tuple(sorted(lanes, key=lambda lane: -lane.failed))
        before = self.stint
        self.lanes = lanes
        row, stint = _found(lanes, before) if before is not None else (0, None)
        self._reshape()
        self.row = row
        if stint is None and lanes:
            stint = lanes[self.row].stints[0]
        self._strips.clear()
        self._put(stint)
        self._tell_scope()

    def _put(self, stint: Stint | None) -> None:
        """Put the cursor on the task, and have it on screen."""
        if stint != self.stint or stint is None:
            self.stint = stint
            self.post_message(self.Highlighted(stint))
        self._refresh_lane(self.row)
        if stint is not None and self.window is not None:
            begin, end = self.window
            if not begin <= stint.start <= end:
                self._show(stint.start - (end - begin) / 2, end - begin)

    def _refresh_lane(self, row: int) -> None:
        self.refresh_lines(row + HEADER)

    def _tell_scope(self) -> None:
        if self.is_mounted:
            scope = self.scope
            self.post_message(self.Scoped(scope.begin, scope.end))

    def _reshape(self) -> None:
        height = len(self.lanes) + HEADER if self.lanes else 0
        self.virtual_size = Size(self.scrollable_content_region.width, height)
        self.refresh()
        self._tell_scope()


def nearest(lane: Lane, moment: float) -> Stint:
    """The task that ran then, else the one that started nearest to it."""
    after = min(bisect_left(lane.starts, moment), len(lane.stints) - 1)
    around = lane.stints[max(0, after - 2 * lane.slots) : after + 1]
    return min(around, key=lambda stint: _distance(stint, moment))


def _distance(stint: Stint, moment: float) -> tuple[float, float]:
    outside = max(stint.start - moment, 0.0)
    if stint.end is not None:
        outside = max(outside, moment - stint.end)
    return outside, abs(stint.start - moment)


def _index(stints: Sequence[Stint], stint: Stint) -> int:
    """Where the stint is, or the task's other try."""
    return next((i for i, each in enumerate(stints) if each.task_id == stint.task_id), 0)


def _found(lanes: Sequence[Lane], stint: Stint) -> tuple[int, Stint | None]:
    """Where the task of that stint is now; it may have run again, and elsewhere."""
    same = (i for i, lane in enumerate(lanes) if lane.node_id == stint.node_id)
    for row in (*same, *range(len(lanes))):
        for each in lanes[row].stints:
            if each.task_id == stint.task_id:
                return row, each
    return 0, None
