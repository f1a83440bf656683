"""Every state's glyph of width one, its words, and its tone: never by colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from batchtui.core.models import Job, Pool, PoolNodeCounts, Task
from batchtui.core.states import AllocationState, JobState, NodeState, PoolState, State, TaskState
from batchtui.ui.widgets.tones import Spans, Tone

S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown."""

    glyph: str
    words: str
    tone: str = Tone.PLAIN

    @property
    def spans(self) -> Spans:
        return ((f"{self.glyph} {self.words}", self.tone),)


FILLS = "▂▄▅▇"
"""A node that runs tasks, from one slot in use to all of them."""

STUCK = "*"
"""Beside, or in place of, the glyph of a node that should have left its state by now."""

MARKED = "✓"
"""Beside the glyph of a node that the user marked."""

SPOT = "ˢ"
"""Beside the glyph of a spot node."""


class NodeSigns(dict[NodeState, tuple[str, str]]):
    """A state that this version has not heard of is shown by its own word."""

    def __missing__(self, state: NodeState) -> tuple[str, str]:
        return "?", f"{state}"


class Signs(dict[S, Sign]):
    """A state that this version has not heard of is shown by its own word."""

    def __missing__(self, state: S) -> Sign:
        return Sign("?", f"{state}", Tone.WARNING)


NODES: Mapping[NodeState, tuple[str, str]] = NodeSigns(
    {
        NodeState.RUNNING: ("▇", "running"),
        NodeState.IDLE: ("·", "idle"),
        NodeState.WAITING_FOR_START_TASK: ("◔", "waiting for start task"),
        NodeState.STARTING: ("▲", "starting"),
        NodeState.CREATING: ("△", "creating"),
        NodeState.REBOOTING: ("↻", "rebooting"),
        NodeState.REIMAGING: ("◎", "reimaging"),
        NodeState.UPGRADING_OS: ("⇡", "upgrading OS"),
        NodeState.LEAVING_POOL: ("←", "leaving pool"),
        NodeState.OFFLINE: ("○", "offline"),
        NodeState.DEALLOCATING: ("▽", "deallocating"),
        NodeState.DEALLOCATED: ("_", "deallocated"),
        NodeState.PREEMPTED: ("⊘", "preempted"),
        NodeState.START_TASK_FAILED: ("✗", "start task failed"),
        NodeState.UNUSABLE: ("!", "unusable"),
        NodeState.UNKNOWN: ("?", "unknown"),
    }
)
"""Glyph and words of each state of a node; its colour is `$node-...` of the theme."""

JOBS: Mapping[JobState, Sign] = Signs(
    {
        JobState.ACTIVE: Sign("●", "active", Tone.GOOD),
        JobState.DISABLING: Sign("◑", "disabling", Tone.WARNING),
        JobState.DISABLED: Sign("○", "disabled", Tone.WARNING),
        JobState.ENABLING: Sign("◐", "enabling", Tone.ACTIVE),
        JobState.TERMINATING: Sign("◗", "ending", Tone.WARNING),
        JobState.COMPLETED: Sign("✓", "completed", Tone.MUTED),
        JobState.DELETING: Sign("◌", "deleting", Tone.MUTED),
        JobState.UNKNOWN: Sign("?", "unknown", Tone.WARNING),
    }
)

ALLOCATIONS: Mapping[AllocationState, Sign] = Signs(
    {
        AllocationState.STEADY: Sign("●", "steady", Tone.GOOD),
        AllocationState.RESIZING: Sign("▲", "resizing", Tone.ACTIVE),
        AllocationState.STOPPING: Sign("■", "stopping", Tone.WARNING),
        AllocationState.UNKNOWN: Sign("?", "unknown", Tone.WARNING),
    }
)

TASKS: Mapping[TaskState, Sign] = Signs(
    {
        TaskState.ACTIVE: Sign("·", "active", Tone.MUTED),
        TaskState.PREPARING: Sign("◔", "preparing", Tone.ACTIVE),
        TaskState.RUNNING: Sign("▶", "running", Tone.GOOD),
        TaskState.COMPLETED: Sign("✓", "completed", Tone.MUTED),
        TaskState.UNKNOWN: Sign("?", "unknown", Tone.WARNING),
    }
)
FAILED = Sign("✗", "failed", Tone.BAD)
DELETED = Sign("◌", "no longer exists", Tone.WARNING)


def of_pool(pool: Pool, counts: PoolNodeCounts | None = None, stuck: int = 0) -> Sign:
    """What most needs to be known: that it goes away, what is wrong with it, what it does."""
    if pool.state is PoolState.DELETING:
        return Sign("◌", "deleting", Tone.MUTED)
    if pool.resize_errors:
        count = len(pool.resize_errors)
        return Sign("!", f"{count} error{'s' if count > 1 else ''}", Tone.BAD)
    if pool.formula_failed:
        return Sign("!", "autoscale", Tone.BAD)
    broken = counts.broken if counts is not None else 0
    if broken and pool.allocation_state is AllocationState.STEADY:
        return Sign("✗", f"{broken:,} broken", Tone.BAD)
    if stuck:
        return Sign("▲", f"{stuck:,} stuck", Tone.WARNING)
    return ALLOCATIONS[pool.allocation_state]


def of_job(job: Job) -> Sign:
    return JOBS[job.state]


def of_task(task: Task) -> Sign:
    return FAILED if task.failed else TASKS[task.state]


def fill(used: int, slots: int) -> str:
    """The glyph of a running node, by how many of its slots are in use."""
    step = ceil(used * len(FILLS) / max(1, slots))
    return FILLS[min(max(1, step), len(FILLS)) - 1]
