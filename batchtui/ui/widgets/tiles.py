"""How nodes are drawn: as large as lets all of them be seen at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from batchtui.core.models import Node
from batchtui.core.states import NodeState
from batchtui.core.stuck import BROKEN, in_state_since
from batchtui.ui.widgets.columns import cut
from batchtui.ui.widgets.glyphs import MARKED, NODES, SPOT, STUCK, fill
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.times import ago
from batchtui.ui.widgets.tones import Tone

Pieces = tuple[tuple[str, tuple[str, ...]], ...]
"""Text in pieces, each with the styles that are put upon each other to dress it."""

CHOSEN_STUCK, CHOSEN_SPOT, CHOSEN_MARKED = "stuck", "spot", "marked"
"""What can be chosen beside the states."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Cells and rows of a tile, each with the gap behind it, and how many nodes it stands for."""

    width: int
    height: int
    nodes: int = 1

    def columns(self, width: int) -> int:
        return max(1, width // self.width)

    def rows(self, nodes: int, width: int) -> int:
        """Rows that so many nodes take, without the gap behind the last ones."""
        columns = self.columns(width) * self.nodes
        return max(0, -(-nodes // columns) * self.height - (self.height - 1))


NAMED = Scale(52, 1)
"""A tile that says its node's id, state and slots."""
BROAD = Scale(4, 2)
SMALL = Scale(2, 1)
TIGHT = Scale(1, 1)
"""One cell to a node, without room for marks."""


def scale_for(nodes: int, width: int, height: int, *, larger: int = 0) -> Scale:
    """The largest scale at which all nodes fit into the area, or one `larger` by some steps.

    Where not even the smallest tiles fit, each stands for several nodes.
    """
    if width < NAMED.width and nodes <= 1:
        return SMALL
    sizes = [NAMED, BROAD, SMALL, TIGHT]
    fitting = (i for i, scale in enumerate(sizes) if scale.rows(nodes, width) <= height)
    best = next(fitting, len(sizes))
    index = max(0, best - larger)
    if index < len(sizes):
        return sizes[index]
    return Scale(1, 1, -(-nodes // max(1, width * height)))


ABSENT = frozenset({NodeState.UNKNOWN, NodeState.OFFLINE, NodeState.PREEMPTED})
"""States of nodes that are not broken, and take no tasks all the same."""

SPOTTED = "on $row"
"""How a spot node looks where there is no room for its mark."""

LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Lens:
    """What is known about the nodes beside themselves, and how they are looked at."""

    slots: int = 1
    """Slots of each node, for the fill of those that run tasks."""
    now: datetime = LONG_AGO
    stuck: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    chosen: str = ""
    """A node's state, or one of `CHOSEN_...`: all others are dimmed. Empty for none."""

    def shows(self, node: Node) -> bool:
        """Whether the node is among the chosen ones; all are where nothing is chosen."""
        match self.chosen:
            case "":
                return True
            case "stuck":
                return node.id in self.stuck
            case "spot":
                return not node.is_dedicated
            case "marked":
                return node.id in self.marked
        return node.state == self.chosen

    def alarming(self, node: Node) -> bool:
        """Whether somebody should look at this node."""
        return node.state in BROKEN or node.id in self.stuck

    def telling(self, nodes: Sequence[Node]) -> Node:
        """The node that stands for these: the worst off, or else one as most are."""
        shown = [node for node in nodes if self.shows(node)] or nodes
        worse = (
            lambda node: node.state in BROKEN,
            lambda node: node.id in self.stuck,
            lambda node: node.state.familiar in ABSENT,
        )
        for is_so in worse:
            if (node := next(filter(is_so, shown), None)) is not None:
                return node
        most = Counter(node.state for node in shown).most_common(1)[0][0]
        return next(node for node in shown if node.state is most)


def tile(nodes: Sequence[Node], scale: Scale, lens: Lens) -> Pieces:
    """The nodes at that scale, in exactly its width. The last piece is the gap, if there is one."""
    node = nodes[0] if scale.nodes == 1 else lens.telling(nodes)
    if scale == NAMED:
        return _named(node, lens)
    return _shape(
        node.state,
        _glyph(nodes, node, lens),
        scale.width,
        spot=scale.nodes == 1 and not node.is_dedicated,
        stuck=node.id in lens.stuck,
        marked=node.id in lens.marked,
        shown=lens.shows(node),
    )


# Of ten thousand nodes most look alike: those that do are drawn once.
@lru_cache(maxsize=4096)
def _shape(
    state: NodeState,
    glyph: str,
    width: int,
    *,
    spot: bool,
    stuck: bool,
    marked: bool,
    shown: bool,
) -> Pieces:
    dress = _dress(state, stuck=stuck, marked=marked, shown=shown)
    if width == 1:
        glyph = STUCK if stuck and shown and state not in BROKEN else glyph
        ground = (SPOTTED,) if spot else ()
        return ((glyph, (*dress, *ground)),)
    size = max(1, width - 2)
    drawn = glyph * size if state is NodeState.RUNNING else glyph.ljust(size)
    mark, tone = _mark(spot=spot, stuck=stuck and shown, marked=marked)
    tone = tone if shown or marked else Tone.TRACK
    return (drawn, dress), (mark.ljust(width - size), (tone,))


def _named(node: Node, lens: Lens) -> Pieces:
    stuck, marked, shown = node.id in lens.stuck, node.id in lens.marked, lens.shows(node)
    dress = _dress(node.state, stuck=stuck, marked=marked, shown=shown)
    mark, tone = _mark(spot=not node.is_dedicated, stuck=stuck and shown, marked=marked)
    words = NODES[node.state][1]
    since = ago(in_state_since(node), lens.now)
    busy = ""
    if node.state in (NodeState.RUNNING, NodeState.IDLE):
        busy = f"{_used(node)}/{lens.slots}"
    plain = (Tone.PLAIN,) if shown else dress
    quiet = (Tone.MUTED,) if shown else dress
    late = (Tone.WARNING,) if stuck and shown else quiet
    return (
        (_glyph((node,), node, lens), dress),
        (f"{mark} ", (tone,)),
        (short_node(node.id, 12).ljust(13), plain),
        *((text, dress) for text, _ in cut(((words, ""),), 17)),
        *((text, plain) for text, _ in cut(((busy, ""),), 5, right=True)),
        *((text, late) for text, _ in cut(((since, ""),), 12, right=True)),
        ("  ", ()),
    )


def _dress(state: NodeState, *, stuck: bool, marked: bool, shown: bool) -> tuple[str, ...]:
    """The styles of a node's shape."""
    mark = ("bold underline",) if marked else ()
    if not shown:
        return (Tone.TRACK, *mark)
    if state in BROKEN:
        return (f"bold $background on $node-{state.familiar}", *mark)
    if stuck:
        return ("bold $warning", *mark)
    return (f"$node-{state.familiar}", *mark)


def _glyph(nodes: Sequence[Node], node: Node, lens: Lens) -> str:
    """The shape of the telling node's state; where it runs tasks, how full such nodes are."""
    if node.state is not NodeState.RUNNING:
        return NODES[node.state][0]
    if len(nodes) == 1:
        return fill(_used(node), lens.slots)
    running = [each for each in nodes if each.state is NodeState.RUNNING]
    return fill(sum(_used(each) for each in running), lens.slots * len(running))


def _mark(*, spot: bool, stuck: bool, marked: bool) -> tuple[str, Tone]:
    """What is noted beside the shape: that the user marked it, that it is stuck, or spot."""
    if marked:
        return MARKED, Tone.ACTIVE
    if stuck:
        return STUCK, Tone.WARNING
    return (SPOT if spot else " "), Tone.MUTED


def _used(node: Node) -> int:
    return node.running_task_slots_count or node.running_tasks_count
