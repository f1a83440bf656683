"""One node in words."""

from batchtui.core.models import Node, TaskExecution
from batchtui.core.redact import redacted
from batchtui.core.states import NodeState, Result, SchedulingState, TaskState
from batchtui.core.stuck import BROKEN, in_state_since
from batchtui.core.wording import some
from batchtui.ui.widgets.glyphs import NODES
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.tiles import Lens
from batchtui.ui.widgets.times import ago
from batchtui.ui.widgets.tones import Spans, Tone, joined

TONES = {
    NodeState.RUNNING: Tone.GOOD,
    NodeState.IDLE: Tone.PLAIN,
    NodeState.OFFLINE: Tone.WARNING,
    NodeState.PREEMPTED: Tone.WARNING,
    NodeState.UNKNOWN: Tone.WARNING,
    NodeState.DEALLOCATED: Tone.MUTED,
    NodeState.LEAVING_POOL: Tone.MUTED,
    **dict.fromkeys(BROKEN, Tone.BAD),
}
"""The tones of states in words; those that are missing are on the way to something."""

ANEW = (NodeState.REBOOTING, NodeState.REIMAGING, NodeState.STARTING)
"""States after which the start task runs again: that it failed before is no longer the news."""


def node_lines(node: Node, lens: Lens, *, beside: int = 0) -> tuple[Spans, ...]:
    """What it is and since when; then what it runs, or what went wrong.

    `beside`: how many more nodes its cell stands for.
    """
    broken = node.state in BROKEN
    first = joined(
        (
            ((short_node(node.id, 20), Tone.STRONG),),
            state_words(node),
            since_words(node, lens),
            () if broken else ((_slots(node, lens.slots), Tone.PLAIN),),
            (("dedicated" if node.is_dedicated else "spot", Tone.MUTED),),
            ((f"+{beside} here", Tone.MUTED),) if beside > 0 else (),
        )
    )
    return first, _second(node)


def state_words(node: Node) -> Spans:
    """The state's glyph and words; that it takes no tasks where it does not say so by itself."""
    glyph, words = NODES[node.state]
    state = (f"{glyph} {words}", TONES.get(node.state.familiar, Tone.ACTIVE))
    if node.scheduling_state is SchedulingState.DISABLED:
        return (state, (", takes no tasks", Tone.WARNING))
    return (state,)


def since_words(node: Node, lens: Lens) -> Spans:
    """For how long it has been in its state, and whether that is too long."""
    since = ago(in_state_since(node), lens.now)
    if node.id in lens.stuck:
        return ((f"{since}, stuck", Tone.WARNING),)
    return ((since, Tone.PLAIN),) if since else ()


def start_task_failure(start_task: TaskExecution | None) -> str:
    """`start task failed with exit code 3: ...`; empty when it did not."""
    if start_task is None or start_task.result is not Result.FAILURE:
        return ""
    code = "" if start_task.exit_code is None else f" with exit code {start_task.exit_code}"
    info = start_task.failure_info
    why = f": {info.message or info.code}" if info else ""
    return f"start task failed{code}{why}"


def trouble_words(node: Node) -> Spans:
    """How its start task failed, or else its first error; empty where nothing is wrong."""
    failed = start_task_failure(node.start_task_info)
    if failed and node.state not in ANEW:
        return ((redacted(failed), Tone.BAD),)
    if node.errors:
        error = node.errors[0]
        return ((redacted(f"{error.code}: {error.message}"), Tone.BAD),)
    return ()


def _slots(node: Node, slots: int) -> str:
    return f"{node.running_task_slots_count}/{slots} slots"


def _second(node: Node) -> Spans:
    if trouble := trouble_words(node):
        return trouble
    running = [
        f"{task.job_id}/{task.task_id}" if task.job_id else task.task_id
        for task in node.recent_tasks
        if task.task_state is TaskState.RUNNING
    ]
    if running:
        return (("runs ", Tone.MUTED), (some(running, at_most=4), Tone.PLAIN))
    return (("runs no task", Tone.MUTED),)
