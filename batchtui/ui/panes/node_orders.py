"""The commands to nodes, wherever nodes are shown."""

from collections.abc import Sequence

from textual.binding import Binding, BindingType
from textual.message import Message

from batchtui.core.models import Node
from batchtui.ui.widgets.chords import chord

COMMANDS: tuple[BindingType, ...] = (
    Binding("d", "order('remove')", "Remove", show=False, id="nodes.remove",
            tooltip="Shrink the pool by these nodes"),
    chord("r", "order('reboot')", "Reboot", id="nodes.reboot",
          tooltip="Restart; what runs there runs again elsewhere"),
    chord("w", "order('reboot_later')", "Reboot when free", id="nodes.reboot_later",
          tooltip="Restart once the tasks there have ended"),
    chord("i", "order('reimage')", "Reimage", id="nodes.reimage",
          tooltip="Restart with a fresh disk"),
    chord("o", "order('disable')", "Take offline", id="nodes.disable",
          tooltip="No more tasks; what runs there runs again elsewhere"),
    chord("n", "order('drain')", "Drain", id="nodes.drain",
          tooltip="No more tasks; what runs there goes on"),
    chord("b", "order('enable')", "Bring back", id="nodes.enable",
          tooltip="Take tasks again"),
    chord("e", "order('deallocate')", "Deallocate", id="nodes.deallocate",
          tooltip="Stop the machine, which then costs nothing"),
    chord("t", "order('start')", "Start", id="nodes.start",
          tooltip="Start a deallocated node"),
)  # fmt: skip
"""Bindings of whatever has an action `order`."""


class NodesOrdered(Message):
    """The user wants something done to these nodes; `order` is a name that the bindings give."""

    def __init__(self, order: str, pool_id: str, nodes: Sequence[Node]) -> None:
        self.order = order
        self.pool_id = pool_id
        self.nodes = nodes
        super().__init__()
