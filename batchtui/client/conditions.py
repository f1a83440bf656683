"""Queries in the words of the service's `$filter`."""

from collections.abc import Sequence
from datetime import UTC, datetime

from batchtui.core.filters import Op
from batchtui.core.queries import TaskQuery
from batchtui.core.states import NodeState

OPERATORS = {Op.WHOLE: "eq", Op.MORE: "gt", Op.LEAST: "ge", Op.LESS: "lt", Op.MOST: "le"}


def condition(query: TaskQuery) -> str:
    """Empty for every task. Texts are quoted, so that none can say more than it is."""
    parts = []
    if query.id_prefix:
        parts.append(f"startswith(id,{quoted(query.id_prefix)})")
    if query.state is not None:
        parts.append(f"state eq {quoted(query.state)}")
    if query.result is not None:
        parts.append(f"executionInfo/result eq {quoted(query.result)}")
    if query.exit_code is not None:
        op, number = query.exit_code
        parts.append(f"executionInfo/exitCode {OPERATORS[op]} {number}")
    if query.changed_after is not None:
        parts.append(f"stateTransitionTime gt {moment(query.changed_after)}")
    return " and ".join(parts)


def in_state_before(states: Sequence[NodeState], before: datetime) -> str:
    """Nodes that came into one of these states before that moment; `and` binds before `or`."""
    at = moment(before)
    return " or ".join(f"state eq {quoted(s)} and stateTransitionTime lt {at}" for s in states)


def quoted(text: str) -> str:
    """A text as OData writes it, where a quote is said twice."""
    return "'" + text.replace("'", "''") + "'"


def moment(time: datetime) -> str:
    return f"DateTime'{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}'"
