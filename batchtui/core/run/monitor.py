"""Watches a job until its tasks have come as far as they will."""

import asyncio

from batchtui.core.events import Progressed
from batchtui.core.models import TaskCounts
from batchtui.core.redact import redacted
from batchtui.core.run.journal import Journal, RunError
from batchtui.core.run.patience import patiently
from batchtui.core.states import AllocationState, NodeState

COMING = frozenset(
    {NodeState.CREATING, NodeState.STARTING, NodeState.WAITING_FOR_START_TASK, NodeState.REBOOTING}
)
DEAD = frozenset({NodeState.START_TASK_FAILED, NodeState.UNUSABLE})


class TimedOutError(Exception):
    """The tasks did not complete in time."""


class NoNodesError(Exception):
    """All nodes of the pool are lost: a sentence."""


class Monitor:
    """Looks at counts, never at listings: often at first, then ever more seldom.

    Counts may lag behind, so tasks count as through only when all that were submitted are.
    """

    def __init__(self, journal: Journal) -> None:
        self.counts = TaskCounts()
        self._journal = journal
        self._nodes: dict[NodeState, int] = {}
        self._began = journal.elapsed
        self._still_since = journal.elapsed

    async def watch(self) -> TaskCounts:
        """The counts at the end.

        Raises `TimedOutError`, `NoNodesError` for a pool that has lost all its nodes, `RunError`
        for one that gets none, and `GatewayError`.
        """
        pause = self._journal.pace.first
        while True:
            await self._look()
            if self._through:
                return self.counts
            if not self.counts.running and self.counts.total:
                await self._check_pool()
            if self._journal.elapsed - self._began >= self._journal.record.timeout:
                raise TimedOutError
            await asyncio.sleep(pause)
            pause = min(pause * self._journal.pace.growth, self._journal.pace.longest)

    async def let_nodes_arrive(self) -> None:
        """Wait a while for nodes on their way up, whose start task may still read from containers.

        Raises `GatewayError`.
        """
        until = self._journal.elapsed + self._journal.pace.arrival
        while COMING & self._nodes.keys() and self._journal.elapsed < until:
            await asyncio.sleep(self._journal.pace.first)
            await self._look()

    @property
    def stranded(self) -> bool:
        """Whether the tasks that wait will wait for ever, for tasks that failed."""
        still = self._journal.elapsed - self._still_since
        return (
            self._journal.record.dependent
            and self.counts.failed > 0
            and self.counts.running == 0
            and self.counts.total == self._journal.record.tasks
            and self._nodes.get(NodeState.IDLE, 0) > 0
            and still >= self._journal.pace.settling
        )

    @property
    def _through(self) -> bool:
        return self.counts.completed >= self._journal.record.tasks or self.stranded

    async def _look(self) -> None:
        batch, record = self._journal.gateway.batch, self._journal.record
        counts = await patiently(self._journal, lambda: batch.task_counts(record.job_id))
        pools = await patiently(self._journal, batch.node_counts)
        nodes = next((each.by_state() for each in pools if each.pool_id == record.pool_id), {})
        if (counts, nodes) == (self.counts, self._nodes):
            return
        if counts != self.counts:
            self._still_since = self._journal.elapsed
        self.counts, self._nodes = counts, nodes
        elapsed = self._journal.elapsed - self._began
        self._journal.say(
            Progressed(counts=counts, of_tasks=record.tasks, nodes=nodes, elapsed=elapsed)
        )

    async def _check_pool(self) -> None:
        """A pool that cannot get a node, or whose nodes are all lost, is not waited for."""
        if any(state not in DEAD for state in self._nodes):
            return
        batch, record = self._journal.gateway.batch, self._journal.record
        pool = await patiently(self._journal, lambda: batch.pool(record.pool_id))
        if pool.allocation_state is not AllocationState.STEADY:
            return
        if self._nodes:
            raise NoNodesError(f"No node of pool {record.pool_id} can run a task.")
        if pool.resize_errors and not pool.current_nodes:
            why = "; ".join(f"{e.message} ({e.code})" for e in pool.resize_errors)
            raise RunError(f"Pool {record.pool_id} got no nodes: {redacted(why)}")
