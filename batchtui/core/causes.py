"""Why the tasks of a job failed: many failures, few causes."""

import signal
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from batchtui.core.models import EXIT, FailureInfo, Task, TaskExecution
from batchtui.core.preparation_status import JobPreparation, NodeTaskRun, PreparationStatus
from batchtui.core.redact import redacted

SHELL = {126: "not executable", 127: "command not found"}
"""What a POSIX shell says by these exit codes."""


class By(StrEnum):
    """What makes two failures the same."""

    CAUSE = "cause"
    NODE = "node"


class Cause(Struct, frozen=True):
    """Failed tasks that have something in common; `words` say what."""

    key: str
    words: str
    message: str
    """What the service says of most of them; empty where that is no more than `words`."""
    tasks: tuple[Task, ...]
    """In the service's order."""
    nodes: tuple[str, ...]
    """That they ran on, the one with the most of them first."""
    preparation: PreparationStatus | None = None
    """How the job's preparation failed on the first of the nodes, where that is the cause."""


def causes(tasks: Iterable[Task], by: By = By.CAUSE) -> tuple[Cause, ...]:
    """The failed tasks in groups, the largest first."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        key = task.node_info.node_id if by is By.NODE else _key(task)
        groups.setdefault(key, []).append(task)
    found = (_cause(key, tuple(group), by) for key, group in groups.items())
    return tuple(sorted(found, key=lambda cause: (-len(cause.tasks), cause.key)))


def of_preparation(preparation: JobPreparation) -> tuple[Cause, ...]:
    """Why the job's preparation failed: nodes in groups, the largest first; no tasks."""
    groups: dict[str, list[PreparationStatus]] = {}
    for status in preparation.failed:
        if (run := status.preparation) is not None:
            groups.setdefault(_why(run), []).append(status)
    found = (
        Cause(
            f"preparation/{words}",
            f"job preparation: {words}",
            told(nodes[0].preparation.failure_info if nodes[0].preparation else None),
            (),
            tuple(status.node_id for status in nodes),
            nodes[0],
        )
        for words, nodes in groups.items()
    )
    return tuple(sorted(found, key=lambda cause: -len(cause.nodes)))


def why(task: Task) -> str:
    """`exit code 7`, or the service's own name for what kept it from running."""
    return _why(task.execution_info)


def _why(ran: TaskExecution | NodeTaskRun) -> str:
    failure = ran.failure_info
    if failure is not None and failure.code and failure.code != EXIT:
        return failure.code
    if ran.exit_code is None:
        return "no exit code"
    meant = _meaning(ran.exit_code)
    return f"exit code {ran.exit_code} ({meant})" if meant else f"exit code {ran.exit_code}"


def told(failure: FailureInfo | None) -> str:
    """What the service says of a failure, with the details that name the file or the program.

    Empty where it only says that there was an exit code.
    """
    if failure is None:
        return ""
    said = failure.message.strip()
    by_exit = failure.code == EXIT
    details = [
        detail.value if detail.name in ("", "Message") else f"{detail.name}: {detail.value}"
        for detail in failure.details
        if detail.value and detail.value.rstrip(".") not in said
        if not (by_exit and (detail.value == EXIT or "exit code" in detail.value))
    ]
    bare = by_exit and "exit code" in said
    return redacted(": ".join(filter(None, ("" if bare else said.rstrip("."), *details))))


def _key(task: Task) -> str:
    failure = task.execution_info.failure_info
    code = failure.code if failure is not None else ""
    return f"{code}/{task.execution_info.exit_code}"


def _cause(key: str, tasks: tuple[Task, ...], by: By) -> Cause:
    nodes = Counter(task.node_info.node_id for task in tasks if task.node_info.node_id)
    if by is By.NODE:
        words = key or "on no node"
        reasons = Counter(map(why, tasks))
        message = ", ".join(f"{count:,} with {reason}" for reason, count in reasons.most_common(3))
    else:
        words = why(tasks[0])
        messages = Counter(told(task.execution_info.failure_info) for task in tasks)
        message = messages.most_common(1)[0][0]
    ids = tuple(node for node, _ in nodes.most_common())
    return Cause(key, words, message, tasks, ids)


def _meaning(exit_code: int) -> str:
    """What a shell means by it: 128 and a signal's number for a process that the signal ended."""
    try:
        return signal.Signals(exit_code - 128).name if exit_code > 128 else SHELL[exit_code]
    except (ValueError, KeyError):
        return ""
