"""One node in words."""

from datetime import datetime

from batchtui.core.models import Node, TaskExecution
from batchtui.core.states import NodeState, Result, TaskState
from batchtui.core.wording import some
from batchtui.ui.widgets.glyphs import NODES
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.times import ago
from batchtui.ui.widgets.tones import Spans, Tone, joined

BROKEN = (NodeState.START_TASK_FAILED, NodeState.UNUSABLE)


def node_lines(node: Node, slots: int, now: datetime) -> tuple[Spans, ...]:
    """What it is and since when; then what it runs, or what went wrong."""
    glyph, words = NODES[node.state]
    tone = Tone.BAD if node.state in BROKEN else Tone.STRONG
    kind = "dedicated" if node.is_dedicated else "spot"
    first = joined(
        (
            ((short_node(node.id, 24), Tone.STRONG),),
            ((f"{glyph} {words}", tone),),
            ((ago(node.state_transition_time, now), Tone.PLAIN),),
            () if node.state in BROKEN else ((_slots(node, slots), Tone.PLAIN),),
            ((kind, Tone.MUTED),),
        )
    )
    return first, _second(node)


def _slots(node: Node, slots: int) -> str:
    return f"{node.running_task_slots_count}/{slots} slots"


def _second(node: Node) -> Spans:
    failed = _start_task_failure(node.start_task_info)
    if failed:
        return ((failed, Tone.BAD),)
    if node.errors:
        error = node.errors[0]
        return ((f"{error.code}: {error.message}", Tone.BAD),)
    running = [
        f"{task.job_id}/{task.task_id}" if task.job_id else task.task_id
        for task in node.recent_tasks
        if task.task_state is TaskState.RUNNING
    ]
    if running:
        return (("runs ", Tone.MUTED), (some(running, at_most=4), Tone.PLAIN))
    return (("runs no task", Tone.MUTED),)


def _start_task_failure(start_task: TaskExecution | None) -> str:
    if start_task is None or start_task.result is not Result.FAILURE:
        return ""
    code = "" if start_task.exit_code is None else f" with exit code {start_task.exit_code}"
    info = start_task.failure_info
    why = f": {info.message or info.code}" if info else ""
    return f"start task failed{code}{why}"
