"""Records of a table as a file that other programs read."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from batchtui.core.filters import Value
from batchtui.core.plain import visible, visible_json

Rows = Sequence[Mapping[str, Value]]
"""Records by the names of their columns; all have the same ones."""


def exported(rows: Rows, kind: str) -> str:
    """The rows as `csv` or `json`; durations are seconds, and nothing is an empty cell or null."""
    return as_json(rows) if kind == "json" else as_csv(rows)


def as_csv(rows: Rows) -> str:
    """With a line of headings, and lines that end as RFC 4180 has it."""
    text = io.StringIO()
    writer = csv.writer(text)
    if rows:
        writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue()


def as_json(rows: Rows) -> str:
    """A list of objects, one to a line."""
    lines = [
        visible_json(
            msgspec.json.encode({name: _plain(value) for name, value in row.items()}).decode()
        )
        for row in rows
    ]
    return "[\n  " + ",\n  ".join(lines) + "\n]\n" if lines else "[]\n"


def _cell(value: Value) -> str | float | None:
    """As in JSON, but fit for a terminal: CSV has no escapes, and may hold a line feed."""
    plain = _plain(value)
    if not isinstance(plain, str):
        return plain
    return "\n".join(map(visible, plain.split("\n")))


def _plain(value: Value) -> str | float | None:
    return round(value.total_seconds(), 3) if isinstance(value, timedelta) else value
