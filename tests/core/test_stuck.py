"""Nodes that should have left their state by now."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from batchtui.core.models import Node
from batchtui.core.states import NodeState, SchedulingState
from batchtui.core.stuck import BROKEN, PATIENCE, advice, in_state_since, is_stuck, stuck_among

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def node(state: NodeState, minutes: float) -> Node:
    return Node("n", state, NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize("state", PATIENCE)
def test_a_node_is_stuck_once_its_state_outlasts_the_patience_for_it(state: NodeState) -> None:
    limit = PATIENCE[state].total_seconds() / 60
    assert not is_stuck(node(state, limit), NOW)
    assert is_stuck(node(state, limit + 1), NOW)
    assert stuck_among([node(state, limit + 1)], NOW) == {"n"}


@pytest.mark.parametrize("state", [state for state in NodeState if state not in PATIENCE])
def test_a_state_to_stay_in_is_never_stuck(state: NodeState) -> None:
    assert not is_stuck(node(state, 1e5), NOW)
    assert stuck_among([node(state, 1e5)], NOW) == frozenset()


def test_a_node_of_which_no_time_is_known_is_not_stuck() -> None:
    assert not is_stuck(Node("n", NodeState.CREATING), NOW)


@pytest.mark.parametrize("state", [*PATIENCE, *sorted(BROKEN)])
def test_whatever_is_wrong_with_a_node_there_is_something_to_do(state: NodeState) -> None:
    assert advice(node(state, 1e5), NOW).endswith(".")


def test_a_deallocated_node_does_not_tell_since_when() -> None:
    """The service leaves the time of the transition as it was."""
    for state in (NodeState.DEALLOCATING, NodeState.DEALLOCATED):
        stopped = node(state, 28)
        assert in_state_since(stopped) is None
        assert not is_stuck(stopped, NOW)
    starting = node(NodeState.STARTING, 28)
    assert is_stuck(starting, NOW)
    again = replace(starting, scheduling_state=SchedulingState.DISABLED)
    assert in_state_since(again) is None
    assert not is_stuck(again, NOW)


def test_a_node_that_is_well_needs_no_advice() -> None:
    assert advice(node(NodeState.RUNNING, 1e5), NOW) == ""
    assert advice(node(NodeState.STARTING, 1), NOW) == ""
