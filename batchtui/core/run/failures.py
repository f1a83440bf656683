"""Why tasks and start tasks failed: what the service says, and what they last wrote."""

import asyncio

from batchtui.core.events import NodeFailed, TaskFailed, Troubled
from batchtui.core.gateway import GatewayError, PoolNodeFile, RemoteFile, TaskFile
from batchtui.core.models import FailureInfo, Task, TaskExecution
from batchtui.core.queries import FAILED
from batchtui.core.redact import redacted
from batchtui.core.run.account import RunAccount
from batchtui.core.run.journal import Journal
from batchtui.core.states import NodeState
from batchtui.core.tail import Tail, shown_lines

SHOWN = 20
"""Failed tasks that are looked into; the others are counted."""
LINES, BYTES = 8, 4096
"""Of an error stream's end."""


async def report_tasks(journal: Journal, account: RunAccount) -> int:
    """Say of the first failed tasks why; how many that were.

    That the reasons cannot be read is said too: it must not keep the outputs from being fetched.
    """
    job_id = journal.record.job_id
    try:
        failed = await account.batch(lambda batch: batch.tasks(job_id, at_most=SHOWN, where=FAILED))
    except GatewayError as error:
        journal.say(Troubled(sentence=f"Why tasks failed is not known. {error}"))
        return 0
    for event in await asyncio.gather(*(_task(job_id, account, task) for task in failed.items)):
        journal.say(event)
    return len(failed.items)


async def report_nodes(journal: Journal, account: RunAccount) -> None:
    """Say of one node for each kind of failure why it cannot work, as far as that can be read."""
    pool_id = journal.record.pool_id
    try:
        nodes = await account.batch(lambda batch: batch.nodes(pool_id, at_most=100))
        seen = set()
        for node in nodes.items:
            if node.state in (NodeState.START_TASK_FAILED, NodeState.UNUSABLE):
                if node.state not in seen:
                    journal.say(await _node(account, pool_id, node.id))
                seen.add(node.state)
    except GatewayError as error:
        journal.say(Troubled(sentence=f"Why nodes cannot work is not known. {error}"))


async def _task(job_id: str, account: RunAccount, task: Task) -> TaskFailed:
    file = TaskFile(job_id, task.id, "stderr.txt")
    ran = task.execution_info.exit_code is not None
    return TaskFailed(
        task_id=task.id,
        node_id=task.node_info.node_id,
        exit_code=task.execution_info.exit_code,
        reason=reason(task.execution_info),
        stderr=await _last_lines(account, file) if ran else "",
    )


async def _node(account: RunAccount, pool_id: str, node_id: str) -> NodeFailed:
    """Raises `GatewayError`."""
    node = await account.batch(lambda batch: batch.node(pool_id, node_id))
    start = node.start_task_info
    if node.state is NodeState.START_TASK_FAILED and start is not None:
        file = PoolNodeFile(pool_id, node.id, "startup/stderr.txt")
        stderr = await _last_lines(account, file)
        return NodeFailed(
            node_id=node.id,
            exit_code=start.exit_code,
            reason=f"its start task failed: {reason(start)}",
            stderr=stderr,
        )
    errors = "; ".join(f"{error.message} ({error.code})" for error in node.errors)
    why = redacted(errors) or "the service gives no reason"
    return NodeFailed(
        node_id=node.id, exit_code=None, reason=f"it is {node.state}: {why}", stderr=""
    )


def reason(execution: TaskExecution) -> str:
    """`exit code 7`, or the service's own words where no process ended by itself."""
    failure = execution.failure_info
    if failure is None or failure.code == "FailureExitCode":
        return (
            "it did not run" if execution.exit_code is None else f"exit code {execution.exit_code}"
        )
    return _spelled(failure)


def _spelled(failure: FailureInfo) -> str:
    """With the details that say which file or program it was."""
    said = failure.message.strip().rstrip(".")
    details = [
        f"{detail.name}: {detail.value}"
        for detail in failure.details
        if detail.value and detail.value.rstrip(".") not in said
    ]
    more = f" [{'; '.join(details)}]" if details else ""
    return redacted(f"{said} ({failure.code}){more}")


async def _last_lines(account: RunAccount, file: RemoteFile) -> str:
    """The end of an error stream, or a sentence in brackets where it cannot be read any more."""
    try:
        excerpt = await account.batch(lambda batch: Tail(batch, file, keep=BYTES).read())
    except GatewayError as error:
        return f"({error})"
    return "\n".join(shown_lines(excerpt)[-LINES:])
