"""A node's log: what the account knows of its life, a line for each thing that happened."""

from collections.abc import Iterator

from batchtui.local.wire.times import stamp
from batchtui.local.world.node import Json, Node


def log_of(node: Node) -> str:
    """The log of a node, in the order of time."""
    # Without the Z a whole second sorts before its fractions.
    lines = sorted(_lines(node), key=lambda line: line[0].rstrip("Z"))
    return "".join(f"{at} {words}\n" for at, words in lines)


def _lines(node: Node) -> Iterator[tuple[str, str]]:
    kind = "dedicated" if node.dedicated else "spot"
    yield stamp(node.allocated), f"allocated as {kind} node {node.id} of pool {node.pool}"
    if node.booted is not None:
        yield stamp(node.booted), f"booted with address {node.address}"
    run = node.start_run
    if run is not None:
        yield stamp(run.started), "start task began"
        if run.ended is not None:
            code = f" with exit code {run.exit_code}" if run.exit_code is not None else ""
            yield stamp(run.ended), f"start task ended{code}: {run.result}"
    for task in node.recent:
        yield from _task_lines(task)
    yield stamp(node.changed), f"{node.state}, scheduling {node.scheduling}"
    for error in node.errors:
        yield stamp(node.changed), f"{error['code']}: {error['message']}"


def _task_lines(task: Json) -> Iterator[tuple[str, str]]:
    name = f"task {task['taskId']} of job {task['jobId']}"
    info = task["executionInfo"]
    if "startTime" in info:
        yield info["startTime"], f"{name} began"
    if "endTime" in info:
        code = f" with exit code {info['exitCode']}" if "exitCode" in info else ""
        yield info["endTime"], f"{name} ended{code}: {info.get('result', '')}"
