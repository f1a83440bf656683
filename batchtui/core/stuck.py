"""Nodes that have been on their way for longer than they should be."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from batchtui.core.gateway import Batch
from batchtui.core.models import Node, PoolNodeCounts
from batchtui.core.states import NodeState, SchedulingState

BROKEN = frozenset({NodeState.START_TASK_FAILED, NodeState.UNUSABLE})
"""A node in such a state costs and runs nothing until somebody acts."""

PATIENCE: Mapping[NodeState, timedelta] = {
    state: timedelta(minutes=minutes)
    for state, minutes in {
        NodeState.CREATING: 15,
        NodeState.STARTING: 15,
        NodeState.WAITING_FOR_START_TASK: 20,
        NodeState.REBOOTING: 15,
        NodeState.REIMAGING: 20,
        NodeState.UPGRADING_OS: 60,
        NodeState.LEAVING_POOL: 15,
        NodeState.UNKNOWN: 10,
    }.items()
}
"""How long a node may be in a state that it only passes through. A machine boots in a few
minutes; images, start tasks and updates take longer."""


STOPPED = (NodeState.DEALLOCATING, NodeState.DEALLOCATED)


def in_state_since(node: Node) -> datetime | None:
    """When it came into its state; None where the service does not tell.

    The time of the transition stays what it was while a node is deallocated, and until it is up
    again, when it takes tasks again: it is that of the state before.
    """
    disabled = node.scheduling_state is SchedulingState.DISABLED
    if node.state in STOPPED or (node.state is NodeState.STARTING and disabled):
        return None
    return node.state_transition_time


def is_stuck(node: Node, now: datetime) -> bool:
    """Whether the node should have left its state by now."""
    patience = PATIENCE.get(node.state)
    since = in_state_since(node)
    return patience is not None and since is not None and now - since > patience


def stuck_among(nodes: Iterable[Node], now: datetime) -> frozenset[str]:
    """The ids of those that are stuck."""
    return frozenset(node.id for node in nodes if node.state in PATIENCE and is_stuck(node, now))


STUCK_AT_MOST = 1_000
"""Stuck nodes of a pool that are counted."""


def may_have_stuck(counts: PoolNodeCounts) -> bool:
    """Whether any node of the pool is in a state that it only passes through."""
    return any(state in PATIENCE for state in counts.by_state())


async def stuck_in_pool(batch: Batch, counts: PoolNodeCounts, now: datetime) -> int:
    """How many nodes of the pool are stuck. Raises `GatewayError`.

    One request, whose answer has no nodes while none was in such a state for long.
    """
    states = [state for state in counts.by_state() if state in PATIENCE]
    if not states:
        return 0
    before = now - min(PATIENCE[state] for state in states)
    window = await batch.nodes_since(counts.pool_id, states, before, at_most=STUCK_AT_MOST)
    return len(stuck_among(window.items, now))


ADVICE: Mapping[NodeState, str] = {
    NodeState.START_TASK_FAILED: (
        "Its start task failed, and it runs nothing. Read what the start task wrote, repair the "
        "start task of the pool, and reboot the node."
    ),
    NodeState.UNUSABLE: (
        "The service cannot use it, and it costs all the same. Reimage it, or remove it."
    ),
    NodeState.WAITING_FOR_START_TASK: (
        "Its start task has not ended. Read what it wrote last; it may wait for something."
    ),
    NodeState.STARTING: "Its machine does not come up. Reboot it, or remove it.",
    NodeState.CREATING: (
        "Azure has not given it a machine. There may be none of that size at present."
    ),
    NodeState.REBOOTING: "Its machine does not come up again. Reimage it, or remove it.",
    NodeState.REIMAGING: "Its machine does not come up again. Remove it.",
    NodeState.UPGRADING_OS: "The update of its system does not end. Remove it.",
    NodeState.LEAVING_POOL: (
        "It waits for its tasks to end, or for the resize of its pool. Stop the resize, or wait."
    ),
    NodeState.UNKNOWN: (
        "The service has not heard from it. Its network may be cut, or its machine overloaded."
    ),
    NodeState.PREEMPTED: "Azure took its machine back: that is the price of spot nodes.",
    NodeState.OFFLINE: "Somebody took it offline: it costs, and runs nothing. Bring it back.",
}
"""What is the matter with a broken or stuck node, and what to do."""


def advice(node: Node, now: datetime) -> str:
    """What is the matter and what to do; empty where the node is as it should be."""
    lasting = node.state in (NodeState.PREEMPTED, NodeState.OFFLINE)
    if node.state in BROKEN or lasting or is_stuck(node, now):
        return ADVICE[node.state]
    return ""
