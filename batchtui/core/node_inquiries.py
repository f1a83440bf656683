"""Closer looks at the nodes of one pool: each a feed, run by whoever opens it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from batchtui.core.controller import Controller
from batchtui.core.feed import Feed
from batchtui.core.feeds import Feeds
from batchtui.core.models import Node, NodeFile, Window

T = TypeVar("T")

FILES_AT_MOST = 1_000


class NodeInquiries:
    """What can be asked about nodes beyond what the dashboard shows of them."""

    def __init__(self, controller: Controller, pool_id: str) -> None:
        self.pool_id = pool_id
        self._controller = controller
        self._batch = controller.gateway.batch

    def nodes(self, seen: Window[Node]) -> Feed[Window[Node]]:
        """All nodes of the pool with their errors, as they were last seen at first."""
        most = Feeds.NODES_AT_MOST
        return self._feed(
            lambda: self._batch.nodes(self.pool_id, at_most=most, with_errors=True), seen
        )

    def node(self, seen: Node) -> Feed[Node]:
        """The one node with all that is known of it, as it was last seen at first."""
        return self._feed(lambda: self._batch.node(self.pool_id, seen.id), seen)

    def files(self, node_id: str) -> Feed[Window[NodeFile]]:
        """The first files and folders of a node."""
        empty: Window[NodeFile] = Window()
        return self._feed(
            lambda: self._batch.node_files(self.pool_id, node_id, at_most=FILES_AT_MOST),
            empty,
            slower=5,
        )

    def _feed(self, fetch: Callable[[], Awaitable[T]], seen: T, *, slower: float = 1) -> Feed[T]:
        feeds = self._controller.feeds
        return Feed(fetch, seen, every=feeds.every * slower, traffic=feeds.traffic)
