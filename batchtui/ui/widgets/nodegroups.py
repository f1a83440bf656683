"""The nodes of an account in a few groups of states."""

from collections import Counter
from collections.abc import Iterator, Mapping

from batchtui.core.states import NodeState
from batchtui.core.stuck import BROKEN
from batchtui.ui.widgets.tones import Spans, Tone

GROUPS: tuple[tuple[str, str, str, frozenset[NodeState]], ...] = (
    ("▇", "running", Tone.GOOD, frozenset({NodeState.RUNNING})),
    ("✗", "broken", Tone.BAD, BROKEN),
    ("⊘", "preempted", Tone.WARNING, frozenset({NodeState.PREEMPTED})),
    ("▲", "coming up", Tone.ACTIVE, frozenset({
        NodeState.CREATING, NodeState.STARTING, NodeState.WAITING_FOR_START_TASK,
        NodeState.REBOOTING, NodeState.REIMAGING, NodeState.UPGRADING_OS,
    })),
    ("·", "idle", Tone.PLAIN, frozenset({NodeState.IDLE})),
    ("○", "offline", Tone.WARNING, frozenset({NodeState.OFFLINE})),
    ("?", "unknown", Tone.WARNING, frozenset({NodeState.UNKNOWN})),
    ("←", "leaving", Tone.MUTED, frozenset({NodeState.LEAVING_POOL, NodeState.DEALLOCATING})),
    ("_", "deallocated", Tone.MUTED, frozenset({NodeState.DEALLOCATED})),
)  # fmt: skip
"""Glyph, words, tone and states of each group, what tells most first. Every state is in one."""


def in_glyphs(states: Mapping[NodeState, int]) -> Spans:
    """` ▇36 ✗9`: the groups that have any nodes."""
    return tuple((f" {glyph}{count:,}", tone) for glyph, _, tone, count in _counted(states))


def in_words(states: Mapping[NodeState, int]) -> Spans:
    """`  ▇ 36 running  ✗ 9 broken`."""
    return tuple(
        span
        for glyph, words, tone, count in _counted(states)
        for span in ((f"  {glyph} {count:,}", tone), (f" {words}", Tone.MUTED))
    )


def _counted(states: Mapping[NodeState, int]) -> Iterator[tuple[str, str, str, int]]:
    known: Counter[NodeState] = Counter()
    for state, count in states.items():
        known[state.familiar] += count
    for glyph, words, tone, group in GROUPS:
        if count := sum(known[state] for state in group):
            yield glyph, words, tone, count
