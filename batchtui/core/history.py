"""What the pools of an account were like in the last hour."""

from collections import deque
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.models import PoolNodeCounts
from batchtui.core.states import NodeState
from batchtui.core.stuck import BROKEN


class Moment(Struct, frozen=True):
    """How a pool was in one slot of time, as it was last seen there."""

    slot: int
    nodes: int = 0
    running: int = 0
    """Nodes that ran tasks."""
    broken: int = 0
    tasks: int | None = None
    """Tasks that ran on it; None where nobody counted them."""


class History:
    """A ring of moments for each pool; it lasts as long as the account is open.

    Times are seconds on any clock that only grows. Slots in which nobody looked are missing; those
    that are there are in order, each once. What is told of a slot before the last one that nobody
    looked in is left out.
    """

    STEP = 5.0
    """Seconds that a slot lasts."""
    KEPT = 720
    """Slots remembered: an hour."""
    GONE = 12
    """Slots after which a pool that is not seen any more is forgotten: a page of a listing may be
    missing now and then."""

    def __init__(self) -> None:
        self._pools: dict[str, deque[Moment]] = {}

    def note_nodes(self, at: float, counts: Iterable[PoolNodeCounts]) -> None:
        """The nodes of every pool were counted; pools that are gone are soon forgotten."""
        seen = {each.pool_id: each.by_state() for each in counts}
        oldest = int(at // self.STEP) - self.GONE
        self._pools = {
            pool_id: kept
            for pool_id, kept in self._pools.items()
            if pool_id in seen or (kept and kept[-1].slot > oldest)
        }
        for pool_id, states in seen.items():
            moment = self._at(pool_id, at)
            self._put(
                pool_id,
                replace(
                    moment,
                    nodes=sum(states.values()),
                    running=states.get(NodeState.RUNNING, 0),
                    broken=sum(states.get(state, 0) for state in BROKEN),
                ),
            )

    def note_tasks(self, at: float, pool_id: str, tasks: int) -> None:
        """So many tasks run on that pool."""
        self._put(pool_id, replace(self._at(pool_id, at), tasks=tasks))

    def of(self, pool_id: str) -> tuple[Moment, ...]:
        """The pool's moments, the latest last."""
        return tuple(self._pools.get(pool_id, ()))

    def _at(self, pool_id: str, at: float) -> Moment:
        """The moment of that time: a known one, or a new one that begins as the last one was."""
        slot = int(at // self.STEP)
        kept = self._pools.get(pool_id)
        if not kept:
            return Moment(slot)
        known = next((each for each in reversed(kept) if each.slot <= slot), kept[0])
        return known if known.slot == slot else replace(known, slot=slot, tasks=None)

    def _put(self, pool_id: str, moment: Moment) -> None:
        """Keep the moment in its place: nodes and tasks are counted by two feeds, and the one that
        began earlier may end later."""
        kept = self._pools.setdefault(pool_id, deque(maxlen=self.KEPT))
        if not kept or kept[-1].slot < moment.slot:
            kept.append(moment)
            return
        for place in range(len(kept) - 1, -1, -1):
            if kept[place].slot == moment.slot:
                kept[place] = moment
            if kept[place].slot <= moment.slot:
                return
