"""What is known around the tasks of a job, which tells why they wait."""

from collections.abc import Iterable

from msgspec import Struct

from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.known_tasks import KnownTasks
from batchtui.core.models import Job, Pool, PoolNodeCounts, Task, TaskCounts
from batchtui.core.preparation import PreparationLook
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.queries import FAILED
from batchtui.core.together import together
from batchtui.core.window import PAGE

KNOWS_NO_TASKS = KnownTasks(complete=False)


class Surroundings(Struct, frozen=True):
    """What is known around the tasks of a job; None for what is not known."""

    job: Job | None = None
    counts: TaskCounts | None = None
    """Of the job."""
    pool: Pool | None = None
    pool_gone: bool = False
    """Whether the service knows no such pool any more."""
    nodes: PoolNodeCounts | None = None
    """Of the pool."""
    preparation: JobPreparation | None = None
    """Of the job."""
    tasks: KnownTasks = KNOWS_NO_TASKS


def surroundings(
    job: Job | None,
    counts: TaskCounts | None = None,
    *,
    pools: Iterable[Pool] | None = None,
    nodes: Iterable[PoolNodeCounts] | None = None,
    preparation: JobPreparation | None = None,
    tasks: KnownTasks = KNOWS_NO_TASKS,
) -> Surroundings:
    """Picks the job's pool out of all `pools`, and its counts out of those of all `nodes`.

    None where they are not known. Ids are the same in upper and lower case.
    """
    key = job.pool_id.casefold() if job else ""
    pool = next((each for each in pools or () if each.id.casefold() == key), None)
    return Surroundings(
        job,
        counts,
        pool,
        pools is not None and pool is None,
        next((each for each in nodes or () if each.pool_id.casefold() == key), None),
        preparation,
        tasks,
    )


class LookAround:
    """Asks for what is around a task, wherever no feed looks at it anyway."""

    def __init__(self, batch: Batch, job_id: str) -> None:
        self._batch = batch
        self._job_id = job_id
        self._preparation = PreparationLook(batch)

    async def fetch(self, task: Task) -> Surroundings:
        """A handful of requests, to be made only while the task waits. Raises `GatewayError`."""
        batch = self._batch
        job = await batch.job(self._job_id)
        counts, pools, nodes, preparation, tasks = await together(
            batch.task_counts(job.id),
            self._pool(job.pool_id),
            batch.node_counts(),
            self._preparation.fetch(job.id, str(job.creation_time)),
            self._tasks(task),
        )
        return surroundings(
            job, counts, pools=pools, nodes=nodes, preparation=preparation, tasks=tasks
        )

    async def _pool(self, pool_id: str) -> tuple[Pool, ...]:
        """The pool, or none where it no longer exists."""
        if not pool_id:
            return ()
        try:
            return (await self._batch.pool(pool_id),)
        except GatewayError as error:
            if not error.missing:
                raise
            return ()

    async def _tasks(self, task: Task) -> KnownTasks:
        """The first tasks of the job and those that failed, where this one depends on any."""
        if task.depends_on is None:
            return KNOWS_NO_TASKS
        first, failed = await together(
            self._batch.tasks(self._job_id, at_most=PAGE),
            self._batch.tasks(self._job_id, at_most=PAGE, where=FAILED),
        )
        return KnownTasks((*first.items, *failed.items), complete=first.complete)
