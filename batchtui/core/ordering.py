"""Sorts records by what they have in a column."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from batchtui.core.filters import Value

T = TypeVar("T")

DIGITS = re.compile(r"(\d+)")


def ordered(
    records: Iterable[T], value_of: Callable[[T], Value], *, descending: bool = False
) -> list[T]:
    """The records by their values; those without one come last, whichever way it goes.

    Equal ones keep the order in which they came, so that a table does not jump.
    """
    pairs = [(value_of(record), record) for record in records]
    having = [(natural(value), record) for value, record in pairs if value not in (None, "")]
    having.sort(key=lambda pair: pair[0], reverse=descending)
    return [record for _, record in having] + [
        record for value, record in pairs if value in (None, "")
    ]


def natural(value: Value) -> tuple[float | str, ...]:
    """Compares texts as a person does: `frame-9` before `frame-10`."""
    if isinstance(value, timedelta):
        return (value.total_seconds(),)
    if not isinstance(value, str):
        return (value or 0.0,)
    # The parts alternate between text and digits, so that only like is compared with like.
    parts = DIGITS.split(value.casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts))
