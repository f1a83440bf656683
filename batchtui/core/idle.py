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

    GONE = timedelta(minutes=1)
    """How long a pool that is not counted is still known: a page may be missing now and then."""

    def __init__(self) -> None:
        self._idle: dict[str, Idle] = {}
        self._known: dict[str, datetime] = {}
        """When each pool was last counted."""

    def note(self, counts: Iterable[PoolNodeCounts], now: datetime) -> None:
        """What was counted at that time of day."""
        known = {name: at for name, at in self._known.items() if now - at < self.GONE}
        idle = {name: since for name, since in self._idle.items() if name in known}
        for each in counts:
            states = each.by_state()
            known[each.pool_id] = now
            idle.pop(each.pool_id, None)
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
