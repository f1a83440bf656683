"""The slots of a pool's nodes while a scene is laid out."""

from collections.abc import Sequence


class Places:
    """Hands slots out one node after the other, as a pool that spreads its tasks."""

    def __init__(self, nodes: Sequence[str], slots: int) -> None:
        self._nodes = nodes
        self._free = dict.fromkeys(nodes, slots)
        self._next = 0
        self.capacity = len(nodes) * slots

    def take(self, slots: int) -> str | None:
        """A node with so many slots free, which are taken from it; None if there is none."""
        for _ in self._nodes:
            node = self._nodes[self._next]
            self._next = (self._next + 1) % len(self._nodes)
            if self._free[node] >= slots:
                self._free[node] -= slots
                return node
        return None

    def used(self, node: str, slots: int) -> bool:
        """Whether any of a node's slots has been taken."""
        return self._free.get(node, slots) < slots
