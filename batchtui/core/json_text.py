"""JSON that a user edits."""

import json
import re

import msgspec

from batchtui.core.plain import visible_json
from batchtui.core.things import Document

_BYTE = re.compile(r" \(byte (\d+)\)")


class JsonError(ValueError):
    """A text that is no JSON object: a sentence that says where and why.

    `line` and `column` count from 1; 0 where no place is to blame.
    """

    def __init__(self, sentence: str, line: int = 0, column: int = 0) -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column


def written(document: Document) -> str:
    """The document with indentation, and nothing in it that a screen does not show."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    return visible_json(text)


def read(text: str) -> dict[str, object]:
    """The object that the text spells. Raises `JsonError`."""
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"), type=dict[str, object])
    except msgspec.ValidationError:
        raise JsonError("This is no JSON object: it has to begin with { and end with }.") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise _located(text, str(error)) from None


def _located(text: str, reason: str) -> JsonError:
    """The place that the reason tells in bytes, as line and column, with better words for it."""
    found = _BYTE.search(reason)
    before = text
    if found:
        before = text.encode("utf-8", "replace")[: int(found[1])].decode("utf-8", "ignore")
    words = _BYTE.sub("", reason).removeprefix("JSON is malformed: ")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        before, words = text[: error.pos], error.msg
    except RecursionError:
        words = "nested too deeply"
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    told = f"{words[:1].lower()}{words[1:]}".removesuffix(" at").removesuffix(" starting")
    return JsonError(f"This is no JSON object: line {line}, column {column}: {told}.", line, column)
