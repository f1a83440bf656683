"""The fake world's things as the models show them."""

from collections import Counter

from batchtui.core.dependencies import Dependencies
from batchtui.core.filters import Op, Term
from batchtui.core.models import (
    FailureInfo,
    FileProperties,
    ImageReference,
    Job,
    JobExecution,
    MultiInstance,
    NameValue,
    Node,
    NodeCounts,
    NodeFile,
    NodeInfo,
    Pool,
    PoolNodeCounts,
    RecentTask,
    Task,
    TaskCounts,
    TaskExecution,
)
from batchtui.core.queries import EVERY_TASK, FAILED, TaskQuery
from batchtui.core.states import AllocationState, NodeState, Result, TaskState
from tests.fakes.world import FakeJob, FakeNode, FakePool, FakeTask, Outcome

COMING = {NodeState.CREATING, NodeState.STARTING}
RESIZING = {NodeState.CREATING, NodeState.LEAVING_POOL}

ENDED = FailureInfo("usererror", "TaskEnded", "The task was ended by user request")


def image(publisher: str, offer: str, sku: str) -> ImageReference:
    return ImageReference(publisher, offer, sku)


def streams(folder: str, outcome: Outcome) -> dict[str, bytes]:
    return {f"{folder}stdout.txt": outcome.stdout, f"{folder}stderr.txt": outcome.stderr}


def failure(outcome: Outcome) -> FailureInfo | None:
    """Why a task or start task of that outcome counts as failed, as the service puts it."""
    if outcome.failure is not None or not outcome.failed:
        return outcome.failure
    return FailureInfo(
        "usererror",
        "FailureExitCode",
        "The task exited with an exit code representing a failure",
        (NameValue("Message", "The task exited with an exit code representing a failure"),),
    )


def pool(held: FakePool) -> Pool:
    here = Counter(node.dedicated for node in held.nodes if node.state is not NodeState.CREATING)
    resizing = any(node.state in RESIZING for node in held.nodes)
    return Pool(
        id=held.spec.id,
        state=held.state,
        allocation_state=AllocationState.RESIZING if resizing else AllocationState.STEADY,
        vm_size=held.spec.vm_size,
        creation_time=held.created,
        allocation_state_transition_time=held.created,
        current_dedicated_nodes=here[True],
        current_low_priority_nodes=here[False],
        target_dedicated_nodes=held.spec.target_dedicated_nodes,
        target_low_priority_nodes=held.spec.target_low_priority_nodes,
        task_slots_per_node=held.spec.task_slots_per_node,
        enable_auto_scale=bool(held.formula),
        resize_errors=held.resize_errors,
        metadata=held.spec.metadata,
    )


def _counts(nodes: list[FakeNode]) -> NodeCounts:
    states = Counter(node.state.name.lower() for node in nodes)
    return NodeCounts(**states, total=len(nodes))


def node_counts(held: FakePool) -> PoolNodeCounts:
    return PoolNodeCounts(
        held.spec.id,
        _counts([node for node in held.nodes if node.dedicated]),
        _counts([node for node in held.nodes if not node.dedicated]),
    )


def node(held: FakePool, node: FakeNode, start_task: Outcome | None) -> Node:
    """As a listing shows it; with the start task's outcome, as a single look does."""
    ended = start_task is not None and node.state not in COMING | {NodeState.WAITING_FOR_START_TASK}
    start_task_info = None
    if start_task is not None and ended and held.spec.start_task is not None:
        start_task_info = TaskExecution(
            start_time=held.created,
            end_time=node.since,
            exit_code=start_task.exit_code,
            result=Result.FAILURE if start_task.failed else Result.SUCCESS,
            failure_info=failure(start_task),
        )
    return Node(
        id=node.id,
        state=node.state,
        state_transition_time=node.since,
        is_dedicated=node.dedicated,
        running_tasks_count=len(node.tasks),
        running_task_slots_count=len(node.tasks),
        ip_address="10.0.0.4",
        vm_size=held.spec.vm_size,
        scheduling_state=node.scheduling,
        recent_tasks=tuple(RecentTask("", task.spec.id, task.state) for task in node.tasks),
        errors=node.errors,
        start_task_info=start_task_info,
    )


def job(held: FakeJob) -> Job:
    return Job(
        id=held.spec.id,
        state=held.state,
        state_transition_time=held.created,
        creation_time=held.created,
        priority=held.spec.priority,
        max_parallel_tasks=held.max_parallel,
        pool_info=held.spec.pool_info,
        execution_info=JobExecution(
            start_time=held.created,
            pool_id=held.spec.pool_info.pool_id,
            terminate_reason=held.terminate_reason,
        ),
        metadata=held.spec.metadata,
    )


def task_counts(held: FakeJob) -> TaskCounts:
    states = Counter(task.state for task in held.tasks.values())
    failed = sum(task.failed for task in held.tasks.values())
    return TaskCounts(
        active=states[TaskState.ACTIVE],
        running=states[TaskState.RUNNING] + states[TaskState.PREPARING],
        completed=states[TaskState.COMPLETED],
        succeeded=states[TaskState.COMPLETED] - failed,
        failed=failed,
    )


def task(held: FakeTask) -> Task:
    completed = held.state is TaskState.COMPLETED
    result = Result.FAILURE if held.failed else Result.SUCCESS
    wanted = held.spec.depends_on
    return Task(
        id=held.spec.id,
        state=held.state,
        state_transition_time=held.since,
        creation_time=held.created,
        command_line=held.spec.command_line,
        execution_info=TaskExecution(
            start_time=held.started,
            end_time=held.ended,
            exit_code=held.outcome.exit_code if completed else None,
            result=result if completed else None,
            failure_info=failure(held.outcome) if completed else None,
            retry_count=held.retries,
        ),
        node_info=NodeInfo(held.pool_id, held.node_id),
        required_slots=held.spec.required_slots,
        depends_on=Dependencies(wanted.task_ids) if wanted else None,
        exit_conditions=held.exit_conditions,
        multi_instance_settings=MultiInstance(held.instances) if held.instances > 1 else None,
    )


def task_files(held: FakeTask) -> tuple[NodeFile, ...]:
    files = streams("", held.outcome) if held.state is not TaskState.ACTIVE else {}
    names = [
        NodeFile(name, properties=FileProperties(len(data), held.since))
        for name, data in files.items()
    ]
    return (*names, NodeFile("wd", is_directory=True)) if names else ()


def meets(task: Task, query: TaskQuery) -> bool:
    """Whether the service would list the task."""
    info, since = task.execution_info, task.state_transition_time
    op, number = query.exit_code or (Op.LEAST, 0)
    return (
        query.state in (None, task.state)
        and query.result in (None, info.result)
        and (query.exit_code is None or Term((), op, float(number)).meets(info.exit_code))
        and task.id.casefold().startswith(query.id_prefix.casefold())
        and (query.changed_after is None or (since is not None and since > query.changed_after))
    )


def named(query: TaskQuery) -> tuple[str, ...]:
    """A query as the list of calls notes it."""
    if query in (EVERY_TASK, FAILED):
        return ("failed" if query == FAILED else "all",)
    if query.changed_after is not None:
        return ("changed",)
    return ("some",)
