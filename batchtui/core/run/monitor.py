"""Watches a job until its tasks have come as far as they will."""

import asyncio

from batchtui.core.events import Progressed, Troubled
from batchtui.core.gateway import GatewayError
from batchtui.core.models import Job, Pool, TaskCounts
from batchtui.core.redact import redacted
from batchtui.core.run.account import RunAccount
from batchtui.core.run.errors import RunError
from batchtui.core.run.journal import Journal
from batchtui.core.states import AllocationState, JobState, NodeState, PoolState
from batchtui.core.wording import many

COMING = frozenset(
    {NodeState.CREATING, NodeState.STARTING, NodeState.WAITING_FOR_START_TASK, NodeState.REBOOTING}
)
DEAD = frozenset({NodeState.START_TASK_FAILED, NodeState.UNUSABLE})
DISABLED = frozenset({JobState.DISABLING, JobState.DISABLED})
OVER = frozenset({JobState.TERMINATING, JobState.COMPLETED})


class TimedOutError(Exception):
    """The tasks did not complete in time."""


class NoNodesError(Exception):
    """All nodes of the pool are lost: a sentence."""


class StoppedError(Exception):
    """Somebody else ended the job before its tasks were through: a sentence."""


class JobGoneError(RunError):
    """Somebody else deleted the job: a sentence."""


class Monitor:
    """Looks at the job and at counts, never at listings: often at first, then ever more seldom.

    Counts may lag behind, so tasks count as through only when all that were submitted are.
    """

    def __init__(self, journal: Journal, account: RunAccount) -> None:
        self.counts = TaskCounts()
        self.remark = ""
        """What there is to say of how the tasks ended, where somebody else ended them."""
        self._journal = journal
        self._account = account
        self._nodes: dict[NodeState, int] = {}
        self._job_state = JobState.UNKNOWN
        self._over_since: float | None = None
        self._began = journal.elapsed
        self._still_since = journal.elapsed

    async def watch(self) -> TaskCounts:
        """The counts at the end.

        Raises `TimedOutError`, `StoppedError` for a job that somebody else ended, `JobGoneError`
        for one that somebody deleted, `NoNodesError` for a pool that has lost all its nodes or is
        gone itself, `RunError` for one that gets no nodes, and `GatewayError`.
        """
        pause = self._journal.pace.first
        while True:
            job = await self._look_at_job()
            await self._look()
            if self._through:
                self.remark = f"{_terminated(job)}." if job.state in OVER else ""
                return self.counts
            if self._is_over(job):
                unrun = self._journal.record.tasks - self.counts.completed
                raise StoppedError(f"{_terminated(job)}, {many(unrun, 'task')} never ran.")
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

    async def stop(self) -> bool:
        """End the job and wait a while until none of its tasks runs; whether that is so.

        Raises `GatewayError`.
        """
        try:
            await self._account.batch(
                lambda batch: batch.terminate_job(self._journal.record.job_id)
            )
        except GatewayError as error:
            if error.status != 409:  # it is terminating already, or completed
                raise
        until = self._journal.elapsed + self._journal.pace.arrival
        await self._look()
        while self.counts.running and self._journal.elapsed < until:
            await asyncio.sleep(self._journal.pace.first)
            await self._look()
        return not self.counts.running

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

    async def _look_at_job(self) -> Job:
        """Raises `JobGoneError`."""
        job_id = self._journal.record.job_id
        try:
            job = await self._account.batch(lambda batch: batch.job(job_id))
        except GatewayError as error:
            if error.missing:
                raise self._gone() from error
            raise
        if job.state is JobState.DELETING:
            raise self._gone()
        if job.state in DISABLED and self._job_state not in DISABLED:
            sentence = f"Job {job_id} is disabled: its tasks wait until somebody enables it."
            self._journal.say(Troubled(sentence=sentence))
        self._job_state = job.state
        return job

    async def _look(self) -> None:
        record = self._journal.record
        try:
            counts = await self._account.batch(lambda batch: batch.task_counts(record.job_id))
        except GatewayError as error:
            if error.missing:
                raise self._gone() from error
            raise
        pools = await self._account.batch(lambda batch: batch.node_counts())
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

    def _is_over(self, job: Job) -> bool:
        """Whether no task of it will run any more; those that ran get a moment to be counted."""
        if job.state not in OVER:
            self._over_since = None
            return False
        now = self._journal.elapsed
        if self._over_since is None:
            self._over_since = now
        if job.state is JobState.COMPLETED and not self.counts.running:
            return True
        return now - self._over_since >= self._journal.pace.settling

    def _gone(self) -> JobGoneError:
        job_id = self._journal.record.job_id
        return JobGoneError(f"Job {job_id} no longer exists: somebody else deleted it.")

    async def _check_pool(self) -> None:
        """A pool that cannot get a node, or whose nodes are all lost, is not waited for."""
        if any(state not in DEAD for state in self._nodes):
            return
        pool_id = self._journal.record.pool_id
        pool = await self._pool(pool_id)
        if pool is None or pool.state is PoolState.DELETING:
            unrun = self._journal.record.tasks - self.counts.completed
            raise NoNodesError(
                f"Pool {pool_id} no longer exists: somebody else deleted it, and "
                f"{many(unrun, 'task')} cannot run."
            )
        if pool.allocation_state is not AllocationState.STEADY:
            return
        if self._nodes:
            raise NoNodesError(f"No node of pool {pool_id} can run a task.")
        if pool.resize_errors and not pool.current_nodes:
            why = "; ".join(f"{e.message} ({e.code})" for e in pool.resize_errors)
            raise RunError(f"Pool {pool_id} got no nodes: {redacted(why)}")

    async def _pool(self, pool_id: str) -> Pool | None:
        try:
            return await self._account.batch(lambda batch: batch.pool(pool_id))
        except GatewayError as error:
            if error.missing:
                return None
            raise


def _terminated(job: Job) -> str:
    reason = job.execution_info.terminate_reason
    return f"Job {job.id} terminated{f' ({reason})' if reason else ''}"
