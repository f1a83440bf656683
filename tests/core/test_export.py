"""Tables as files that other programs read."""

import csv
import io
import json
from datetime import timedelta

import pytest

from batchtui.core.export import exported
from batchtui.core.filters import Value

ROWS: list[dict[str, Value]] = [
    {"task": 'a "b", c', "exit": 139, "age": timedelta(minutes=2), "why": "no\nluck"},
    {"task": "ä", "exit": None, "age": None, "why": ""},
]


def test_csv_keeps_what_a_cell_holds() -> None:
    read = list(csv.DictReader(io.StringIO(exported(ROWS, "csv"))))
    assert read[0] == {"task": 'a "b", c', "exit": "139", "age": "120.0", "why": "no\nluck"}
    assert read[1] == {"task": "ä", "exit": "", "age": "", "why": ""}


def test_json_tells_nothing_from_an_empty_text() -> None:
    read = json.loads(exported(ROWS, "json"))
    assert read[0]["age"] == 120
    assert read[1] == {"task": "ä", "exit": None, "age": None, "why": ""}
    assert json.loads(exported([], "json")) == []
    assert exported([], "csv") == ""


@pytest.mark.fault("5.2")
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_moves_no_cursor_when_it_is_printed(kind: str) -> None:
    text = exported([{"task": "\x1b[2J\r\u202e\x9b", "exit": 1}], kind)
    assert all(line.isprintable() for line in text.replace("\r\n", "\n").split("\n"))
