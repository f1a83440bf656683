"""What can be done to the tasks of a job."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from batchtui.core.durations import spelled
from batchtui.core.gateway import Batch
from batchtui.core.models import Task
from batchtui.core.orders.limits import changed_limits
from batchtui.core.orders.order import Order, Stake, gone
from batchtui.core.specs import TaskConstraints
from batchtui.core.states import TaskState
from batchtui.core.things import Document
from batchtui.core.wording import many

LARGE = 1_000
"""Tasks from which deleting asks for more than a yes."""
LARGE_RUNNING = 100
"""Running tasks from which ending them does."""

WAKES = ("tasks", "progress")


def task_orders(batch: Batch, job_id: str) -> Mapping[str, Order[Task]]:
    """The orders to tasks of that job by the names that the panes know them by."""
    return {
        "delete": Order(
            title="Delete task", ask="Delete {}?", yes="Delete", done="{} is deleted.",
            noun="task", name=_id,
            act=lambda task: gone(batch.delete_task(job_id, task.id)),
            stake=_deleted, wakes=WAKES,
        ),
        "terminate": Order(
            title="Terminate task", ask="Terminate {}?", yes="Terminate", done="{} was ended.",
            noun="task", name=_id, act=lambda task: batch.terminate_task(job_id, task.id),
            stake=_ended, applies=lambda task: task.state is not TaskState.COMPLETED,
            unfit="ended already", already=frozenset({"TaskCompleted"}), wakes=WAKES,
        ),
        "rerun": Order(
            title="Run again", ask="Run {} again?", yes="Run again", done="{} waits to run again.",
            noun="task", name=_id, act=lambda task: batch.reactivate_task(job_id, task.id),
            stake=_rerun, applies=lambda task: task.failed, unfit="not failed",
            already=frozenset({"TaskNotCompleted"}), wakes=WAKES,
        ),
    }  # fmt: skip


def rerunning(batch: Batch, job_id: str, which: str) -> Order[Task]:
    """The order to have failed tasks of that job run again; `which` says what they share."""

    async def lost(tasks: Sequence[Task]) -> Stake:
        which_are = (f"Which: {which}.",) if len(tasks) > 1 else ()
        return Stake((*which_are, *(await _rerun(tasks)).sentences))

    order = task_orders(batch, job_id)["rerun"]
    return replace(order, ask=f"Run {{}} of job {job_id} again?", stake=lost)


def limiting(
    batch: Batch, job_id: str, limits: TaskConstraints, before: Document | None = None
) -> Order[Task]:
    """The order to give tasks of that job other limits; `before` are those of a single task."""

    async def lost(tasks: Sequence[Task]) -> Stake:
        known = before if len(tasks) == 1 else None
        changes = changed_limits(known, msgspec.to_builtins(limits))
        sentences = [f"Changes: {', '.join(changes)}."] if changes else ["Nothing changes."]
        if limits.max_wall_clock_time and _running(tasks):
            longer = spelled(limits.max_wall_clock_time)
            sentences.append(f"What has run for longer than {longer} is ended at once.")
        return Stake(tuple(sentences))

    return Order(
        title="Change limits", ask="Change the limits of {}?", yes="Change",
        done="Changed the limits of {}.",
        noun="task", name=_id, act=lambda task: batch.limit_task(job_id, task.id, limits),
        applies=lambda task: task.state is not TaskState.COMPLETED, unfit="ended already",
        wakes=WAKES, stake=lost,
    )  # fmt: skip


async def _deleted(tasks: Sequence[Task]) -> Stake:
    its = "its" if len(tasks) == 1 else "their"
    sentences = [f"Deleted too: {its} files on the nodes, what was written to stdout included."]
    running = _running(tasks)
    if running:
        sentences.append(f"Still running, and ended: {many(running, 'task')}.")
    return Stake(tuple(sentences), len(tasks) >= LARGE or running >= LARGE_RUNNING)


async def _ended(tasks: Sequence[Task]) -> Stake:
    running = _running(tasks)
    sentences = [f"Running now, and stopped: {many(running, 'task')}."] if running else []
    waiting = sum(task.state is TaskState.ACTIVE for task in tasks)
    if waiting:
        sentences.append(f"Waiting, and never run: {many(waiting, 'task')}.")
    sentences.append("What was ended counts as failed.")
    return Stake(tuple(sentences), running >= LARGE_RUNNING)


async def _rerun(tasks: Sequence[Task]) -> Stake:
    one = len(tasks) == 1
    it, lost = ("It starts", "Its present exit code and output are lost.") if one else (
        "They start", "Their present exit codes and outputs are lost.",
    )  # fmt: skip
    return Stake((
        f"{it} from the beginning, with all retries.",
        lost,
    ))  # fmt: skip


def _running(tasks: Sequence[Task]) -> int:
    return sum(task.state in (TaskState.RUNNING, TaskState.PREPARING) for task in tasks)


def _id(task: Task) -> str:
    return task.id
