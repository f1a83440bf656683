"""A filter applied to values in memory, and the same filter as a condition for SQLite."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from batchtui.local.wire.filters import Both, Compare, Either, Filter, Value

Get = Callable[[str], Value | None]
"""The value of a property of one thing: text in any case, times in microseconds."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_SQL = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def matches(tree: Filter, get: Get) -> bool:
    """Whether one thing passes. A property that it lacks is unequal to everything."""
    match tree:
        case Both(left, right):
            return matches(left, get) and matches(right, get)
        case Either(left, right):
            return matches(left, get) or matches(right, get)
        case Compare(name, op, wanted):
            value = get(name)
            if value is None:
                return op == "ne"
            if isinstance(value, str):
                value = value.lower()
            if op == "startswith":
                return str(value).startswith(str(wanted))
            return _COMPARE[op](value, wanted)


def to_sql(tree: Filter, columns: Mapping[str, str]) -> tuple[str, list[Value]]:
    """The filter as a WHERE condition over these columns, and its parameters."""
    match tree:
        case Both(left, right) | Either(left, right):
            word = "AND" if isinstance(tree, Both) else "OR"
            first, some = to_sql(left, columns)
            second, more = to_sql(right, columns)
            return f"({first} {word} {second})", [*some, *more]
        case Compare(name, op, wanted):
            column = columns[name]
            if op == "startswith":
                # A range, which an index serves; LIKE would need its wildcards escaped.
                return f"({column} >= ? AND {column} < ?)", [wanted, f"{wanted}\U0010ffff"]
            condition = f"{column} {_SQL[op]} ?"
            return (f"({condition} OR {column} IS NULL)" if op == "ne" else condition), [wanted]
