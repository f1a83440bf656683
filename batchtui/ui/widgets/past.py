"""How a pool has fared: its nodes and its tasks over time, in two lines."""

from collections.abc import Sequence

from textual.reactive import reactive
from textual.strip import Strip

from batchtui.core.history import History, Moment
from batchtui.ui.widgets.painted import Painted
from batchtui.ui.widgets.times import whole
from batchtui.ui.widgets.tones import Spans, Tone

BLOCKS = " ▁▂▃▄▅▆▇"
"""None is as high as its line, so that the two lines stay apart."""

LABEL, NOTE = 13, 11
"""Cells before and behind the columns."""

MANY = 0.1
"""The share of broken nodes from which they are more than some that happen to be."""


class Past(Painted):
    """The latest moment is at the right; where nobody looked, nothing is drawn."""

    DEFAULT_CSS = "Past { height: 2; }"

    moments: reactive[tuple[Moment, ...]] = reactive(())

    def render_line(self, y: int) -> Strip:
        columns = gathered(self.moments, max(1, self.size.width - LABEL - NOTE))
        return self.line(self._node_line(columns) if y == 0 else self._task_line(columns))

    def _node_line(self, columns: Sequence[Moment | None]) -> Spans:
        counts = [column.nodes if column else None for column in columns]
        bars = tuple(
            (block, health(column) if column else Tone.MUTED)
            for block, column in zip(heights(counts), columns, strict=True)
        )
        most = max((count for count in counts if count), default=0)
        return (*_label("nodes", counts), *bars, _note(f"max {most:,}"))

    def _task_line(self, columns: Sequence[Moment | None]) -> Spans:
        counts = [column.tasks if column else None for column in columns]
        bars = tuple((block, Tone.GOOD) for block in heights(counts))
        return (*_label("tasks", counts), *bars, _note(self._span()))

    def _span(self) -> str:
        if not self.moments:
            return ""
        slots = [moment.slot for moment in self.moments]
        return whole((max(slots) - min(slots) + 1) * History.STEP)


def gathered(moments: Sequence[Moment], width: int) -> list[Moment | None]:
    """The moments in `width` columns of equal time, the latest last; None where there is none.

    In a column of several slots the last one stands for all, with the most tasks and the most
    broken nodes among them. The moments may stand in any order.
    """
    columns: list[Moment | None] = [None] * max(0, width)
    if not moments or not columns:
        return columns
    moments = sorted(moments, key=lambda moment: moment.slot)
    last = moments[-1].slot
    per_column = -(-(last - moments[0].slot + 1) // width)
    for moment in moments:
        index = width - 1 - (last - moment.slot) // per_column
        before = columns[index]
        tasks = [each.tasks for each in (before, moment) if each and each.tasks is not None]
        columns[index] = Moment(
            moment.slot,
            moment.nodes,
            moment.running,
            max(before.broken if before else 0, moment.broken),
            max(tasks, default=None),
        )
    return columns


def health(moment: Moment) -> Tone:
    """Whether all nodes were well, some broken, or many."""
    if not moment.broken:
        return Tone.MUTED
    return Tone.BAD if moment.broken > MANY * moment.nodes else Tone.WARNING


def heights(counts: Sequence[int | None]) -> list[str]:
    """A block for each count, as high as it is beside the highest; what is not nothing shows."""
    seen = [max(0, count or 0) for count in counts]
    most = max(seen, default=0)
    steps = len(BLOCKS) - 1
    return [BLOCKS[-(-count * steps // most)] if count else BLOCKS[0] for count in seen]


def _label(name: str, counts: Sequence[int | None]) -> Spans:
    latest = counts[-1] if counts else None
    number = "" if latest is None else f"{latest:,}"
    return (f"{name} ", Tone.MUTED), (f"{number:>6} ", Tone.STRONG)


def _note(text: str) -> tuple[str, str]:
    return f" {text}".ljust(NOTE), Tone.MUTED
