"""How large a node is drawn: as large as lets all of them be seen at once."""

from dataclasses import dataclass
from datetime import datetime

from batchtui.core.models import Node
from batchtui.core.states import NodeState
from batchtui.ui.widgets.columns import cut
from batchtui.ui.widgets.glyphs import NODES, SPOT, fill
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.times import ago
from batchtui.ui.widgets.tones import Spans, Tone

STATE = "state"
"""In place of a tone: the colour of the node's state."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Cells and rows of a tile, each with the gap behind it."""

    width: int
    height: int

    def columns(self, width: int) -> int:
        return max(1, width // self.width)

    def rows(self, nodes: int, width: int) -> int:
        """Rows that so many nodes take, without the gap behind the last ones."""
        columns = self.columns(width)
        return max(0, -(-nodes // columns) * self.height - (self.height - 1))


NAMED = Scale(50, 1)
"""A tile that says its node's id, state and slots."""
BROAD = Scale(4, 2)
SMALL = Scale(2, 1)


def scale_for(nodes: int, width: int, height: int) -> Scale:
    """The largest scale at which all nodes fit into the area; the smallest if none does."""
    fitting = (scale for scale in (NAMED, BROAD) if scale.rows(nodes, width) <= height)
    return next(fitting, SMALL) if width >= NAMED.width or nodes > 1 else SMALL


def tile(node: Node, slots: int, scale: Scale, now: datetime) -> Spans:
    """The node at that scale, in exactly the scale's width."""
    if scale == NAMED:
        return _named(node, slots, now)
    mark = " " if node.is_dedicated else SPOT
    size = max(1, scale.width - 2)
    if node.state is NodeState.RUNNING:
        drawn = fill(_used(node), slots) * size
    else:
        drawn = NODES[node.state][0].ljust(size)
    return (drawn, STATE), (mark.ljust(scale.width - size), Tone.MUTED)


def _named(node: Node, slots: int, now: datetime) -> Spans:
    glyph, words = NODES[node.state]
    if node.state is NodeState.RUNNING:
        glyph = fill(_used(node), slots)
    since = ago(node.state_transition_time, now)
    mark = " " if node.is_dedicated else SPOT
    busy = f"{_used(node)}/{slots}" if node.state in (NodeState.RUNNING, NodeState.IDLE) else ""
    return (
        (glyph, STATE),
        (f"{mark} ", Tone.MUTED),
        (short_node(node.id, 12).ljust(12), Tone.PLAIN),
        (" ", ""),
        *cut(((words, STATE),), 19),
        *cut(((busy, Tone.PLAIN),), 5, right=True),
        *cut(((since, Tone.MUTED),), 8, right=True),
        ("  ", ""),
    )


def _used(node: Node) -> int:
    return node.running_task_slots_count or node.running_tasks_count
