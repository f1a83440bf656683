"""What the user wants done to nodes, asked about and carried out."""

from textual import on, work
from textual.screen import Screen

from batchtui.core.controller import Controller
from batchtui.core.orders.nodes import node_orders
from batchtui.core.orders.removal import Removal
from batchtui.ui.panes.node_orders import NodesOrdered
from batchtui.ui.screens.desk import Desk
from batchtui.ui.widgets.contained import Contained


class NodeOrdersScreen(Screen[None], Contained):
    """A screen that shows nodes."""

    controller: Controller

    @on(NodesOrdered)
    @work
    async def order_nodes(self, message: NodesOrdered) -> None:
        desk = Desk(self.app, self.controller)
        batch, pool_id = self.controller.gateway.batch, message.pool_id
        if message.order == "remove":
            removal = Removal(batch, pool_id, message.nodes)
            if not removal.groups:
                desk.refuse("They are leaving the pool already.", removal.order.title)
                return
            await desk.carry_out(removal.order, removal.groups)
        else:
            await desk.carry_out(node_orders(batch, pool_id)[message.order], message.nodes)
        self.look_again()

    def look_again(self) -> None:
        """Something may have been done to the nodes: what shows them, looks now."""
