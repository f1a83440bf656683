"""`$filter`: the documented grammar, parsed into a small tree.

filter     = term { "or" term }
term       = factor { "and" factor }
factor     = "(" filter ")" | "startswith(" name "," string ")" | name operator value
operator   = "eq" | "ne" | "gt" | "ge" | "lt" | "le"
value      = string | "DateTime" string | integer | "true" | "false"
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import NoReturn

from batchtui.local.errors import invalid_query
from batchtui.local.wire.times import micros, parse_http_date

Value = str | int | bool

_TOKEN = re.compile(
    r"\s*(?:(?P<date>DateTime'(?P<when>[^']*)')|(?P<string>'(?P<text>(?:[^']|'')*)')"
    r"|(?P<integer>-?\d{1,18}(?![\w.]))|(?P<name>[A-Za-z_][\w/]*)|(?P<mark>[(),]))",
    re.ASCII,
)
_OPERATORS = frozenset(("eq", "ne", "gt", "ge", "lt", "le"))
_DEEPEST = 50


class Kind(Enum):
    """What a property holds, and so which values and operators go with it."""

    TEXT = "startswith eq ne gt ge lt le"
    """An id: compared as the listing is ordered, without regard to case."""
    WORD = "eq ne"
    """A state or another word of a fixed set."""
    TIME = "eq ne gt ge lt le"
    NUMBER = "eq ne gt ge lt le "
    FLAG = "eq ne "
    PREFIX = "startswith"
    """A file's name: the service offers nothing but its beginning."""
    NAME = "eq"


@dataclass(frozen=True, slots=True)
class Compare:
    """A leaf. `operator` may be `startswith`; a string is in lower case, a time in microseconds."""

    name: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Both:
    left: "Filter"
    right: "Filter"


@dataclass(frozen=True, slots=True)
class Either:
    left: "Filter"
    right: "Filter"


Filter = Compare | Both | Either


def parse(text: str, properties: Mapping[str, Kind]) -> Filter:
    """Read a filter over these properties; 400 with the reason when it is none."""
    parser = _Parser(text, properties)
    tree = parser.disjunction(0)
    parser.end()
    return tree


class _Parser:
    """Recursive descent, one token ahead."""

    def __init__(self, text: str, properties: Mapping[str, Kind]) -> None:
        self._text = text
        self._properties = properties
        self._position = 0
        self._next: re.Match[str] | None = None
        self._advance()

    def disjunction(self, depth: int) -> Filter:
        tree = self._conjunction(depth)
        while self._word() == "or":
            self._advance()
            tree = Either(tree, self._conjunction(depth))
        return tree

    def end(self) -> None:
        if self._next:
            self._fail(f"'{self._next[0].strip()}' was not expected")

    def _conjunction(self, depth: int) -> Filter:
        tree = self._factor(depth)
        while self._word() == "and":
            self._advance()
            tree = Both(tree, self._factor(depth))
        return tree

    def _factor(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            self._fail("it is nested too deeply")
        if self._mark("("):
            tree = self.disjunction(depth + 1)
            self._expect(")")
            return tree
        name = self._word() or self._fail("the name of a property is missing")
        self._advance()
        if name == "startswith" and self._mark("("):
            prop = self._word() or self._fail("the name of a property is missing")
            self._advance()
            self._expect(",")
            compare = self._compare(prop, "startswith")
            self._expect(")")
            return compare
        operator = self._word()
        if operator not in _OPERATORS:
            self._fail(f"'{name}' is not followed by one of eq, ne, gt, ge, lt, le")
        self._advance()
        return self._compare(name, operator)

    def _compare(self, name: str, operator: str) -> Compare:
        kind = self._properties.get(name)
        if kind is None:
            self._fail(f"'{name}' is none of {', '.join(sorted(self._properties))}")
        if operator not in kind.value.split():
            self._fail(f"'{operator}' cannot be used with '{name}'")
        return Compare(name, operator, self._value(name, kind))

    def _value(self, name: str, kind: Kind) -> Value:
        token = self._next or self._fail(f"the value for '{name}' is missing")
        self._advance()
        if kind is Kind.TIME and token["date"]:
            return self._time(token["when"])
        if kind is Kind.NUMBER and token["integer"]:
            return int(token["integer"])
        if kind is Kind.FLAG and token["name"] in ("true", "false"):
            return bool(token["name"] == "true")
        if kind not in (Kind.TIME, Kind.NUMBER, Kind.FLAG) and token["string"]:
            return str(token["text"]).replace("''", "'").lower()
        return self._fail(f"{token[0].strip()} is not a value for '{name}'")

    def _time(self, text: str) -> int:
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            try:
                when = parse_http_date(text)
            except ValueError:
                self._fail(f"'{text}' is not a time")
        return micros(when if when.tzinfo else when.replace(tzinfo=UTC))

    def _word(self) -> str:
        return (self._next["name"] or "") if self._next else ""

    def _mark(self, mark: str) -> bool:
        if self._next and self._next["mark"] == mark:
            self._advance()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._mark(mark):
            self._fail(f"'{mark}' is missing")

    def _advance(self) -> None:
        rest = self._text[self._position :]
        if not rest.strip():
            self._next = None
            return
        self._next = _TOKEN.match(rest) or self._fail(f"'{rest.strip()[:40]}' cannot be read")
        self._position += self._next.end()

    def _fail(self, reason: str) -> NoReturn:
        raise invalid_query("$filter", self._text, f"The filter is not valid: {reason}.")
