"""Who may log on to a node: kept and answered, though a node here is no machine to log on to."""

from datetime import timedelta

import msgspec
from msgspec import UNSET

from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.wire.node_bodies import CreateUser, ReplaceUser
from batchtui.local.wire.times import micros, moment
from batchtui.local.world.node import Node, NodeUser
from batchtui.local.world.world import World

_LIFE = timedelta(days=1)
_UP = frozenset(("idle", "running"))


class NodeUsers:
    """Every method either raises a `ServiceError` or has changed the node's users."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, node: Node, body: CreateUser) -> None:
        self._check_up(node)
        if self._find(node, body.name):
            raise ServiceError("NodeUserExists")
        user = NodeUser(name=body.name, is_admin=body.is_admin, expires=self._expiry(body))
        self._keep(node, [*node.users, user])

    def replace(self, node: Node, name: str, body: ReplaceUser) -> None:
        """Set what can be changed; an expiry that is not named is a day from now again."""
        self._check_up(node)
        user = self._need(node, name)
        changed = msgspec.structs.replace(user, expires=self._expiry(body))
        self._keep(node, [changed if one is user else one for one in node.users])

    def delete(self, node: Node, name: str) -> None:
        self._check_up(node)
        user = self._need(node, name)
        self._keep(node, [one for one in node.users if one is not user])

    def _need(self, node: Node, name: str) -> NodeUser:
        user = self._find(node, name)
        if user is None:
            raise ServiceError("NodeUserNotFound")
        return user

    def _find(self, node: Node, name: str) -> NodeUser | None:
        now = self._world.clock.now()
        alive = (user for user in node.users if user.expires > now)
        return next((user for user in alive if user.name == name), None)

    def _keep(self, node: Node, users: list[NodeUser]) -> None:
        now = self._world.clock.now()
        node.users = [user for user in users if user.expires > now]
        self._world.save_node(node)

    def _expiry(self, body: ReplaceUser) -> int:
        now = self._world.clock.now()
        if body.expiry_time is UNSET:
            return micros(moment(now) + _LIFE)
        expires = micros(body.expiry_time)
        if expires <= now:
            raise invalid_property("expiryTime", "It must lie in the future")
        return expires

    def _check_up(self, node: Node) -> None:
        if node.state not in _UP:
            reason = f"Users can be changed while a node is idle or running; it is {node.state}."
            raise ServiceError("OperationInvalidForCurrentState", ("Reason", reason))
