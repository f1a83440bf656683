"""Pools, nodes, jobs and tasks that move one step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from batchtui.core.exit_conditions import ExitConditions
from batchtui.core.models import FailureInfo, ImageReference, NodeError, ResizeError
from batchtui.core.preparation_status import PreparationStatus
from batchtui.core.specs import JobSpec, PoolSpec, StartTask, TaskSpec, VirtualMachine
from batchtui.core.states import JobState, NodeState, PoolState, SchedulingState, TaskState

JAMMY = ImageReference("canonical", "0001-com-ubuntu-server-jammy", "22_04-lts")


def pool_spec(
    pool_id: str, *, dedicated: int = 2, spot: int = 0, slots: int = 1, start_task: str = ""
) -> PoolSpec:
    """A pool as a test asks for it; `start_task` is a command line."""
    return PoolSpec(
        id=pool_id,
        vm_size="standard_d2s_v3",
        virtual_machine_configuration=VirtualMachine(
            image_reference=JAMMY, node_agent_sku_id="batch.node.ubuntu 22.04"
        ),
        target_dedicated_nodes=dedicated,
        target_low_priority_nodes=spot,
        task_slots_per_node=slots,
        start_task=StartTask(command_line=start_task) if start_task else None,
    )


def task_spec(task_id: str, command: str = "/bin/true") -> TaskSpec:
    return TaskSpec(id=task_id, command_line=command)


@dataclass(frozen=True)
class Outcome:
    """How a task ends, `steps` steps after it began to run."""

    exit_code: int | None = 0
    steps: int = 1
    stdout: bytes = b""
    stderr: bytes = b""
    failure: FailureInfo | None = None
    """A reason other than the exit code, such as a resource file that could not be fetched."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """What a task that succeeds uploads to the container of its first output file."""

    @property
    def failed(self) -> bool:
        return self.exit_code != 0 or self.failure is not None


@dataclass
class FakeNode:
    id: str
    dedicated: bool
    state: NodeState
    since: datetime
    tasks: list["FakeTask"] = field(default_factory=list)
    scheduling: SchedulingState = SchedulingState.ENABLED
    errors: tuple[NodeError, ...] = ()

    def become(self, state: NodeState, now: datetime) -> None:
        if state is not self.state:
            self.state, self.since = state, now


@dataclass
class FakePool:
    spec: PoolSpec
    created: datetime
    state: PoolState = PoolState.ACTIVE
    nodes: list[FakeNode] = field(default_factory=list)
    resize_errors: tuple[ResizeError, ...] = ()
    formula: str = ""
    """Of autoscaling; empty while it is off."""


@dataclass
class FakeTask:
    spec: TaskSpec
    outcome: Outcome
    created: datetime
    since: datetime
    state: TaskState = TaskState.ACTIVE
    pool_id: str = ""
    node_id: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    steps: int = 0
    retries: int = 0
    written: datetime | None = None
    """When its files were written last, where that is to be told."""
    instances: int = 1
    """Nodes that it runs on at once; one that needs several never runs here."""
    exit_conditions: ExitConditions | None = None

    @property
    def failed(self) -> bool:
        return self.state is TaskState.COMPLETED and self.outcome.failed


@dataclass
class FakeJob:
    spec: JobSpec
    created: datetime
    state: JobState = JobState.ACTIVE
    terminate_reason: str = ""
    tasks: dict[str, FakeTask] = field(default_factory=dict)
    max_parallel: int = -1
    prepared: tuple[PreparationStatus, ...] | None = None
    """How its preparation went on each node; None for a job without a preparation task."""
    waits_for_preparation: bool = True

    @property
    def running(self) -> int:
        return sum(task.state is TaskState.RUNNING for task in self.tasks.values())

    def unprepared(self, node: FakeNode) -> bool:
        """Whether its tasks stay away from the node, where its preparation failed."""
        failed = {each.node_id for each in self.prepared or () if not each.prepared}
        return self.waits_for_preparation and node.id in failed


class World:
    """The rules. Each step takes one second and moves every node and every task by one state."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.pools: dict[str, FakePool] = {}
        self.jobs: dict[str, FakeJob] = {}
        self.start_task = Outcome()
        """How every start task ends."""
        self.node_files: dict[str, bytes] = {}
        """What else every node holds, by path."""

    def step(self) -> list[FakeTask]:
        """Move on by a second; the tasks that completed."""
        self.now += timedelta(seconds=1)
        self.pools = {i: p for i, p in self.pools.items() if p.state is not PoolState.DELETING}
        self.jobs = {i: j for i, j in self.jobs.items() if j.state is not JobState.DELETING}
        for pool in self.pools.values():
            pool.nodes = [node for node in pool.nodes if node.state is not NodeState.LEAVING_POOL]
            for node in pool.nodes:
                self._boot(pool, node)
        done = [task for job in self.jobs.values() for task in self._work(job)]
        for pool in self.pools.values():
            for node in pool.nodes:
                self._settle(node)
        return done

    def _boot(self, pool: FakePool, node: FakeNode) -> None:
        match node.state:
            case NodeState.CREATING:
                node.become(NodeState.STARTING, self.now)
            case NodeState.STARTING if pool.spec.start_task is not None:
                node.become(NodeState.WAITING_FOR_START_TASK, self.now)
            case NodeState.STARTING:
                node.become(NodeState.IDLE, self.now)
            case NodeState.WAITING_FOR_START_TASK if self.start_task.failed:
                node.become(NodeState.START_TASK_FAILED, self.now)
            case NodeState.WAITING_FOR_START_TASK:
                node.become(NodeState.IDLE, self.now)
            case NodeState.REBOOTING | NodeState.REIMAGING:
                node.become(NodeState.STARTING, self.now)
            case NodeState.DEALLOCATING:
                node.become(NodeState.DEALLOCATED, self.now)

    def _work(self, job: FakeJob) -> list[FakeTask]:
        done = []
        for task in job.tasks.values():
            if task.state is TaskState.ACTIVE and job.state is JobState.ACTIVE:
                if _may_run(job, task) and not 0 < job.max_parallel <= job.running:
                    self._place(job, task)
            elif task.state is TaskState.RUNNING:
                task.steps += 1
                if task.steps >= task.outcome.steps:
                    task.state, task.since, task.ended = TaskState.COMPLETED, self.now, self.now
                    done.append(task)
        return done

    def _place(self, job: FakeJob, task: FakeTask) -> None:
        pool = self.pools.get(job.spec.pool_info.pool_id)
        for node in pool.nodes if pool else []:
            free = node.state in (NodeState.IDLE, NodeState.RUNNING)
            slots = pool.spec.task_slots_per_node if pool else 0
            free = free and len(node.tasks) + task.spec.required_slots <= slots
            if pool and free and task.instances == 1 and not job.unprepared(node):
                node.tasks.append(task)
                task.state, task.since, task.started = TaskState.RUNNING, self.now, self.now
                task.pool_id, task.node_id = pool.spec.id, node.id
                return

    def _settle(self, node: FakeNode) -> None:
        node.tasks = [task for task in node.tasks if task.state is TaskState.RUNNING]
        if node.state in (NodeState.IDLE, NodeState.RUNNING):
            node.become(NodeState.RUNNING if node.tasks else NodeState.IDLE, self.now)


def _may_run(job: FakeJob, task: FakeTask) -> bool:
    """Whether all that it depends on has succeeded."""
    wanted = task.spec.depends_on.task_ids if task.spec.depends_on else ()
    before = [job.tasks[task_id] for task_id in wanted]
    return all(each.state is TaskState.COMPLETED and not each.failed for each in before)
