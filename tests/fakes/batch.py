"""A Batch account in memory."""

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from msgspec.structs import replace

from batchtui.core.gateway import Counted, PoolNodeFile, RemoteFile, TaskFile
from batchtui.core.models import (
    FileState,
    Job,
    Node,
    NodeFile,
    Pool,
    PoolNodeCounts,
    SupportedImage,
    Task,
    TaskCounts,
    Window,
)
from batchtui.core.queries import EVERY_TASK, TaskQuery
from batchtui.core.specs import JobSpec, PoolSpec, TaskSpec
from batchtui.core.states import JobState, NodeState, PoolState, TaskState
from tests.fakes import views
from tests.fakes.calls import Calls, refused
from tests.fakes.copies import FakeCopies
from tests.fakes.histories import FakeHistories
from tests.fakes.nodes import FakeNodes
from tests.fakes.steering import FakeSteering
from tests.fakes.storage import FakeStorage
from tests.fakes.world import JAMMY, FakeJob, FakeNode, FakePool, FakeTask, Outcome, World


class FakeBatch(FakeNodes, FakeSteering, FakeCopies, FakeHistories):
    """`batchtui.core.gateway.Batch` over a small world of its own.

    The world moves by one step at each call of `node_counts`, `task_counts`, `pool` and `job`, or,
    with `by_itself = False`, only when a test calls `step()`.
    """

    def __init__(self, calls: Calls, storage: FakeStorage) -> None:
        super().__init__(calls, World())
        self.by_itself = True
        self.outcomes: dict[str, Outcome] = {}
        """How tasks end, by a glob over their ids; the first that fits, else success."""
        self._storage = storage

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            for task in self.world.step():
                self._upload(task)

    def _upload(self, task: FakeTask) -> None:
        if task.spec.output_files and not task.outcome.failed:
            url = task.spec.output_files[0].destination.container.container_url
            container = urlsplit(url).path.strip("/")
            self._storage.put(container, dict(task.outcome.blobs))

    async def _looked(self, name: str, *arguments: object) -> None:
        await self._calls.note(name, *arguments)
        if self.by_itself:
            self.step()

    async def pools(self, *, with_metadata: bool = False) -> tuple[Pool, ...]:
        await self._calls.note("pools")
        shown = (views.pool(pool) for _, pool in sorted(self.world.pools.items()))
        return tuple(pool if with_metadata else replace(pool, metadata=()) for pool in shown)

    async def pool(self, pool_id: str) -> Pool:
        await self._looked("pool", pool_id)
        return views.pool(self._pool(pool_id))

    async def node_counts(self) -> tuple[PoolNodeCounts, ...]:
        await self._looked("node_counts")
        return tuple(views.node_counts(pool) for _, pool in sorted(self.world.pools.items()))

    async def nodes(self, pool_id: str, *, at_most: int, with_errors: bool = False) -> Window[Node]:
        await self._calls.note("nodes", pool_id)
        pool = self._pool(pool_id)
        start_task = self.world.start_task if with_errors else None
        nodes = tuple(views.node(pool, node, start_task) for node in pool.nodes[:at_most])
        return Window(nodes, len(pool.nodes) <= at_most)

    async def nodes_since(
        self, pool_id: str, states: Sequence[NodeState], before: datetime, *, at_most: int
    ) -> Window[Node]:
        await self._calls.note("nodes_since", pool_id, *states)
        pool = self._pool(pool_id)
        found = [node for node in pool.nodes if node.state in states and node.since < before]
        nodes = tuple(views.node(pool, node, None) for node in found[:at_most])
        return Window(nodes, len(found) <= at_most)

    async def node(self, pool_id: str, node_id: str) -> Node:
        await self._calls.note("node", pool_id, node_id)
        return views.node(self._pool(pool_id), self._node(pool_id, node_id), self.world.start_task)

    async def images(self) -> tuple[SupportedImage, ...]:
        await self._calls.note("images")
        return (
            SupportedImage("batch.node.ubuntu 22.04", JAMMY, "linux", "verified"),
            SupportedImage(
                "batch.node.debian 12",
                views.image("debian", "debian-12", "12"),
                "linux",
                "verified",
            ),
        )

    async def jobs(self, *, with_metadata: bool = False) -> tuple[Job, ...]:
        await self._calls.note("jobs")
        shown = (views.job(job) for _, job in sorted(self.world.jobs.items()))
        return tuple(job if with_metadata else replace(job, metadata=()) for job in shown)

    async def job(self, job_id: str) -> Job:
        await self._looked("job", job_id)
        return views.job(self._job(job_id))

    async def task_counts(self, job_id: str) -> TaskCounts:
        await self._looked("task_counts", job_id)
        return views.task_counts(self._job(job_id))

    async def tasks(
        self, job_id: str, *, at_most: int, where: TaskQuery = EVERY_TASK, rest: str = ""
    ) -> Window[Task]:
        after = ("after", rest) if rest else ()
        await self._calls.note("tasks", job_id, *views.named(where), *after)
        held = [views.task(task) for _, task in sorted(self._job(job_id).tasks.items())]
        chosen = [task for task in held if views.meets(task, where) and task.id > rest]
        last = chosen[at_most - 1].id if len(chosen) > at_most else ""
        return Window(tuple(chosen[:at_most]), len(chosen) <= at_most, last)

    async def task(self, job_id: str, task_id: str) -> Task:
        await self._calls.note("task", job_id, task_id)
        return views.task(self._task(job_id, task_id))

    async def task_files(self, job_id: str, task_id: str) -> tuple[NodeFile, ...]:
        await self._calls.note("task_files", job_id, task_id)
        return views.task_files(self._task(job_id, task_id))

    async def file_state(self, file: RemoteFile) -> FileState:
        await self._calls.note("file_state", file.path)
        written = None
        if isinstance(file, TaskFile):
            written = self._task(file.job_id, file.task_id).written
        return FileState(len(self._content(file)), written)

    async def read_file(self, file: RemoteFile, *, start: int, length: int) -> bytes:
        await self._calls.note("read_file", file.path, start, length)
        return self._content(file)[start : start + length]

    async def create_pool(self, pool: PoolSpec) -> None:
        await self._calls.note("create_pool", pool.id)
        if pool.id in self.world.pools:
            raise refused(f"Could not create pool {pool.id}: it exists already", code="PoolExists")
        counts = {True: pool.target_dedicated_nodes, False: pool.target_low_priority_nodes}
        made = FakePool(pool, self.world.now)
        for dedicated, count in counts.items():
            for index in range(count):
                node_id = f"tvm-{'d' if dedicated else 'p'}-{index}"
                node = FakeNode(node_id, dedicated, NodeState.CREATING, self.world.now)
                made.nodes.append(node)
        self.world.pools[pool.id] = made
        await self._calls.answer("create_pool")

    async def create_job(self, job: JobSpec) -> None:
        await self._calls.note("create_job", job.id)
        if job.id in self.world.jobs:
            raise refused(f"Could not create job {job.id}: it exists already", code="JobExists")
        self.world.jobs[job.id] = FakeJob(job, self.world.now)
        await self._calls.answer("create_job")

    async def add_tasks(
        self,
        job_id: str,
        tasks: Sequence[TaskSpec],
        *,
        added: Counted,
        again: bool = False,
        once: bool = False,
    ) -> None:
        job = self._job(job_id)
        for task in tasks:
            await self._calls.note("add_task", job_id, task.id)
            if task.id in job.tasks:
                if again:
                    added(1)
                    continue
                raise refused(f"Could not add task {task.id}: it exists already", code="TaskExists")
            fitting = (o for glob, o in self.outcomes.items() if fnmatchcase(task.id, glob))
            now = self.world.now
            job.tasks[task.id] = FakeTask(task, next(fitting, Outcome()), now, now)
            await self._calls.answer("add_task")
            added(1)

    async def terminate_job(self, job_id: str) -> None:
        await self._calls.note("terminate_job", job_id)
        job = self._job(job_id)
        job.state, job.terminate_reason = JobState.COMPLETED, "UserTerminate"
        for task in job.tasks.values():
            if task.state is TaskState.RUNNING:
                task.outcome = Outcome(exit_code=None, steps=0, failure=views.ENDED)

    async def delete_job(self, job_id: str) -> None:
        await self._calls.note("delete_job", job_id)
        self._job(job_id).state = JobState.DELETING
        await self._calls.answer("delete_job")

    async def delete_pool(self, pool_id: str) -> None:
        await self._calls.note("delete_pool", pool_id)
        self._pool(pool_id).state = PoolState.DELETING
        await self._calls.answer("delete_pool")

    async def delete_task(self, job_id: str, task_id: str) -> None:
        await self._calls.note("delete_task", job_id, task_id)
        self._task(job_id, task_id)
        del self._job(job_id).tasks[task_id]

    def _content(self, file: RemoteFile) -> bytes:
        if isinstance(file, PoolNodeFile):
            self._node(file.pool_id, file.node_id)
            held = views.streams("startup/", self.world.start_task) | self.world.node_files
        else:
            held = views.streams("", self._task(file.job_id, file.task_id).outcome)
        if file.path not in held:
            raise refused(f"Could not read {file.path}: it does not exist", status=404)
        return held[file.path]
