"""Nodes that have been on their way for longer than they should be."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from batchtui.core.models import Node
from batchtui.core.states import NodeState

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
        NodeState.DEALLOCATING: 15,
        NodeState.UNKNOWN: 10,
    }.items()
}
"""How long a node may be in a state that it only passes through. A machine boots in a few
minutes; images, start tasks and updates take longer."""


def is_stuck(node: Node, now: datetime) -> bool:
    """Whether the node should have left its state by now."""
    patience = PATIENCE.get(node.state)
    since = node.state_transition_time
    return patience is not None and since is not None and now - since > patience


def stuck_among(nodes: Iterable[Node], now: datetime) -> frozenset[str]:
    """The ids of those that are stuck."""
    return frozenset(node.id for node in nodes if node.state in PATIENCE and is_stuck(node, now))
