"""The nodes of one pool, and which of their slots are free."""

from collections.abc import Callable, Iterator
from itertools import islice

from batchtui.local.world.node import Node
from batchtui.local.world.pool import Pool

_USABLE = frozenset(("idle", "running"))


class Fleet:
    """Finds a node for a task in time that does not grow with the number of nodes.

    Nodes that take tasks stand in one group per number of free slots; there are at most 257.
    """

    def __init__(self, pool: Pool) -> None:
        self.nodes: dict[str, Node] = {}
        self.draining: set[str] = set()
        """Ids of nodes that get no more tasks although they could run them."""
        self._pool = pool
        self._used: dict[str, int] = {}
        self._tasks: dict[str, int] = {}
        self._groups: list[dict[str, None]] = []
        self._numbers = 0

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def add(self, node: Node) -> None:
        self.nodes[node.id] = node
        self._used[node.id] = self._tasks[node.id] = 0
        self._numbers = max(self._numbers, node.number)
        self.regroup(node)

    def remove(self, node: Node) -> None:
        self._leave_groups(node)
        self.draining.discard(node.id)
        for kept in (self.nodes, self._used, self._tasks):
            kept.pop(node.id, None)

    def regroup(self, node: Node) -> None:
        """Call after anything that decides whether a node takes tasks, and how many."""
        self._leave_groups(node)
        free = self._free(node)
        if free > 0 and self.takes_tasks(node):
            while len(self._groups) <= free:
                self._groups.append({})
            self._groups[free][node.id] = None

    def takes_tasks(self, node: Node) -> bool:
        return (
            node.state in _USABLE and node.scheduling == "enabled" and node.id not in self.draining
        )

    def take(self, node: Node, slots: int) -> None:
        """A task has been given to the node."""
        self._used[node.id] += slots
        self._tasks[node.id] += 1
        self.regroup(node)

    def give_back(self, node: Node, slots: int) -> None:
        """A task has left the node."""
        self._used[node.id] -= slots
        self._tasks[node.id] -= 1
        self.regroup(node)

    def load(self, node: Node) -> tuple[int, int]:
        """Tasks and slots that the node holds now."""
        return self._tasks[node.id], self._used[node.id]

    @property
    def widest(self) -> int:
        """The most slots that any one node has free."""
        return next((n for n in range(len(self._groups) - 1, 0, -1) if self._groups[n]), 0)

    def find(
        self, slots: int, affinity: str, accepts: Callable[[Node], bool] = lambda node: True
    ) -> Node | None:
        """A node for a task: the wished one if it is free, else as the pool fills its nodes."""
        wished = self.nodes.get(affinity.removeprefix("TVM:"))
        free_there = wished and self.takes_tasks(wished) and self._free(wished) >= slots
        if wished and free_there and accepts(wished):
            return wished
        fitting = range(slots, len(self._groups))
        for free in fitting if self._pool.packs else reversed(fitting):
            for id_ in self._groups[free]:
                if accepts(self.nodes[id_]):
                    return self.nodes[id_]
        return None

    def find_several(self, number: int, accepts: Callable[[Node], bool]) -> list[Node]:
        """So many nodes that have nothing else to do; none at all if there are fewer."""
        free = self._groups[self._pool.slots :]
        idle = (self.nodes[id_] for group in free for id_ in group)
        found = list(islice(filter(accepts, idle), number))
        return found if len(found) == number else []

    def count(self, *, dedicated: bool) -> int:
        return sum(node.dedicated == dedicated for node in self)

    def _free(self, node: Node) -> int:
        return self._pool.slots - self._used[node.id]

    def _leave_groups(self, node: Node) -> None:
        for group in self._groups:
            group.pop(node.id, None)
