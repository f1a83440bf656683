"""Since when pools have nodes and nothing to do for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from batchtui.core.models import PoolNodeCounts
from batchtui.core.states import NodeState


@dataclass(frozen=True, slots=True)
class Idle:
    since: datetime
    seen: bool
    """Whether somebody saw it begin; it may have begun any time before `since` otherwise."""


class IdlePools:
    """Watches the counts: the service tells no time with them."""

    def __init__(self) -> None:
        self._idle: dict[str, Idle] = {}
        self._known: set[str] = set()

    def note(self, counts: Iterable[PoolNodeCounts], now: datetime) -> None:
        """What was counted at that time of day."""
        idle: dict[str, Idle] = {}
        known = set()
        for each in counts:
            states = each.by_state()
            known.add(each.pool_id)
            if states.get(NodeState.IDLE) and not states.get(NodeState.RUNNING):
                began = Idle(now, seen=each.pool_id in self._known)
                idle[each.pool_id] = self._idle.get(each.pool_id, began)
        self._idle, self._known = idle, known

    def since(self, pool_id: str) -> Idle | None:
        """None for a pool that works, or has no node that could."""
        return self._idle.get(pool_id)

    def lasting(self, pool_id: str, now: datetime) -> timedelta | None:
        idle = self._idle.get(pool_id)
        return None if idle is None else now - idle.since
