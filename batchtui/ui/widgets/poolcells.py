"""What a pool's row says of its nodes and of what they cost."""

from datetime import datetime

from batchtui.core.idle import Idle
from batchtui.core.models import Pool, PoolNodeCounts
from batchtui.core.prices import Cost
from batchtui.core.states import NodeState, PoolState
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.times import ago
from batchtui.ui.widgets.tones import Cell, Spans, Tone

SHAPES = {Tone.ACTIVE: str.maketrans("━╸╺", "─╴╶"), Tone.BAD: str.maketrans("━╸╺", "╍╸╺")}
"""How parts of a bar look where there are no colours."""


def name(pool: Pool) -> Cell:
    return ((pool.id, Tone.MUTED if pool.state is PoolState.DELETING else Tone.PLAIN),)


def nodes(pool: Pool) -> Cell:
    return f"{pool.current_nodes:,}/{pool.target_nodes:,}"


def states(pool: Pool, counts: PoolNodeCounts | None) -> Cell:
    """A bar: nodes that run tasks, are idle or on their way, were preempted, are broken."""
    by_state = counts.by_state() if counts else {}

    def drawn(width: int) -> Spans:
        total = max(sum(by_state.values()), pool.target_nodes)
        if not total:
            return ()
        running = by_state.get(NodeState.RUNNING, 0)
        broken = counts.broken if counts else 0
        preempted = by_state.get(NodeState.PREEMPTED, 0)
        others = sum(by_state.values()) - running - broken - preempted
        parts = (
            (running, Tone.GOOD), (others, Tone.ACTIVE), (preempted, Tone.WARNING),
            (broken, Tone.BAD),
        )  # fmt: skip
        pieces = bar(parts, total, width)
        return tuple((text.translate(SHAPES.get(Tone(tone), {})), tone) for text, tone in pieces)

    return drawn


def size(pool: Pool) -> Cell:
    return ((pool.vm_size.lower().removeprefix("standard_"), Tone.MUTED),)


def idle(lasting: Idle | None, now: datetime) -> Cell:
    """How long; with a plus sign where nobody saw it begin. Long idling stands out: it costs."""
    if lasting is None:
        return ()
    long = (now - lasting.since).total_seconds() >= 15 * 60
    text = f"{ago(lasting.since, now)}{'' if lasting.seen else '+'}"
    return ((text, Tone.WARNING if long else Tone.MUTED),)


def cost(known: Cost | None) -> Cell:
    if known is None:
        return (("?", Tone.MUTED),)
    if not known.amount:
        return ()
    return ((f"{known.amount:,.2f}{'' if known.whole else '+'}", Tone.PLAIN),)


def scaling(pool: Pool, now: datetime) -> Cell:
    """Whether a formula scales the pool, how long ago it last did, and whether it failed."""
    if not pool.enable_auto_scale:
        return (("by hand", Tone.MUTED),)
    run = pool.auto_scale_run
    if run is None:
        return (("auto, not yet", Tone.MUTED),)
    when = ago(run.timestamp, now)
    if run.error is not None:
        return ((f"✗ auto {when}", Tone.BAD),)
    return ((f"auto {when}", Tone.ACTIVE),)


def scaling_in_words(pool: Pool) -> str:
    """What to filter by."""
    if not pool.enable_auto_scale:
        return "by hand"
    return "auto failed" if pool.formula_failed else "auto"
