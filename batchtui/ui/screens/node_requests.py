"""What leads from the dashboard to a closer look at nodes."""

from textual import on

from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.node import NodeScreen
from batchtui.ui.screens.node_orders import NodeOrdersScreen
from batchtui.ui.screens.nodes import NodesScreen


class NodeRequestsScreen(NodeOrdersScreen):
    """Opens screens about the nodes that its heatmap shows."""

    _clock: Clock

    @on(NodesPane.OpenRequested)
    def open_node(self, message: NodesPane.OpenRequested) -> None:
        screen = NodeScreen(self.controller, message.pool, message.node, clock=self._clock)
        self.app.push_screen(screen)

    @on(NodesPane.ListRequested)
    def list_nodes(self, message: NodesPane.ListRequested) -> None:
        screen = NodesScreen(self.controller, message.pool, message.node, clock=self._clock)
        self.app.push_screen(screen)
