"""The nodes of one pool, as a list."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.models import Node, Pool, Window
from batchtui.core.node_inquiries import NodeInquiries
from batchtui.ui.panes.nodelist import NodeListPane
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.node import NodeScreen
from batchtui.ui.screens.node_orders import NodeOrdersScreen
from batchtui.ui.widgets.keybar import KeyBar


class NodesScreen(InspectableScreen, NodeOrdersScreen):
    """Follows the nodes of the pool; begins at the one that the user was at."""

    CSS_PATH = "nodes.tcss"
    AUTO_FOCUS = "NodeListPane RecordTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "leave", "Map", show=False, tooltip="Back to the map of the nodes",
                id="nodes.map"),
    ]  # fmt: skip

    pool: var[Pool | None] = var(None)
    nodes: var[Reading[Window[Node]]] = var(Reading(Window()))

    list = getters.query_one(NodeListPane)

    def __init__(
        self, controller: Controller, pool: Pool, node: Node, *, clock: Clock | None = None
    ) -> None:
        super().__init__(controller, clock=clock)
        self._inquiries = NodeInquiries(controller, pool.id)
        self._begin = node.id
        self.set_reactive(NodesScreen.pool, pool)
        if controller.feeds.pool_id == pool.id:
            self.set_reactive(NodesScreen.nodes, controller.feeds.nodes.reading)

    def compose(self) -> ComposeResult:
        here = NodesScreen
        yield NodeListPane(id="nodelist").data_bind(here.pool, here.nodes, FollowingScreen.now)
        yield KeyBar()

    def on_mount(self) -> None:
        self.list.read_only = self.controller.read_only
        self.list.table.seek(self._begin)
        self.follow("nodes", self._inquiries.nodes(self.nodes.value))

    @on(NodeListPane.OpenRequested)
    def open_node(self, message: NodeListPane.OpenRequested) -> None:
        if self.pool is not None:
            screen = NodeScreen(self.controller, self.pool, message.node, clock=self.clock)
            self.app.push_screen(screen)

    def look_again(self) -> None:
        self.action_refresh()
