"""What a user types after `/`: which records of a table to show.

filter = term { blank term }                 all of them hold
term   = [ "!" ] ( "/" expression [ "/" ] | [ column ":" ] [ operator ] value )
operator = "=" | "^" | ">" | ">=" | "<" | "<="

`^` asks for the beginning of a text, `=` for the whole of it, and no operator for a part of it.
Blanks may stand around an operator: `exit = 2` is `exit:=2`, and `exit != 2` is `!exit:=2`. A
value with blanks stands between double quotes. Upper and lower case are the same. Where no
column is called `age`, that is the one which counts the time up to now under another name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from batchtui.core.durations import DurationError, duration

Value = str | float | timedelta | None
"""What a record has in a column; None where it has nothing there."""


class Kind(Enum):
    """What a column holds, and so what it can be asked for."""

    WORD = "a text"
    NUMBER = "a number"
    DURATION = "a duration"


class Op(Enum):
    PART = ""
    WHOLE = "="
    START = "^"
    FITS = "/"
    """A regular expression."""
    MORE = ">"
    LEAST = ">="
    LESS = "<"
    MOST = "<="


AGES = ("for", "ended", "elapsed")
"""Columns that tell for how long or since when something is so, the first of which is its age."""


class FilterError(ValueError):
    """A text that is no filter: a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on the columns `places`, any of which may meet it."""

    places: tuple[str, ...]
    op: Op
    operand: str | float | timedelta | re.Pattern[str]
    inverted: bool = False

    def holds(self, value_of: Callable[[str], Value]) -> bool:
        # Not `any`, whose generator takes as long again: this runs for each record at each key.
        for place in self.places:
            if self.meets(value_of(place)):
                return not self.inverted
        return self.inverted

    def meets(self, value: Value) -> bool:
        """Whether a value alone meets the condition, inverted or not."""
        if value is None:
            return False
        if isinstance(self.operand, str):
            text = value if isinstance(value, str) else said(value)
            return _has(text.casefold(), self.op, self.operand)
        if isinstance(self.operand, re.Pattern):
            return self.operand.search(said(value)) is not None
        if isinstance(self.operand, timedelta):
            return isinstance(value, timedelta) and _compares(value, self.op, self.operand)
        return isinstance(value, int | float) and _compares(value, self.op, self.operand)


@dataclass(frozen=True, slots=True)
class Filter:
    """A record passes when it meets every term; an empty filter lets all pass."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    def passes(self, value_of: Callable[[str], Value]) -> bool:
        """`value_of` gives the record's value in the column of that name."""
        return all(term.holds(value_of) for term in self.terms)


def parse(text: str, columns: Mapping[str, Kind]) -> Filter:
    """Read a filter over columns of these names. Raises `FilterError`.

    A term that has a column and no value yet is left out: its user is still typing.
    """
    terms = (_term(word, columns) for word in _words(text, columns))
    return Filter(text.strip(), tuple(term for term in terms if term is not None))


def said(value: str | float | timedelta) -> str:
    """The value as a text to look in; a number as one writes it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


WORD = re.compile(
    r"""(?P<inverted>!?)
    (?: /(?P<expression>(?:\\.|[^/\\])*)(?:/(?=\s|$)|$)
      | (?:(?P<column>[A-Za-z]+):)? (?P<op>>=|<=|[<>=^]|) (?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))
    )\s*""",
    re.VERBOSE,
)


CONDITION = re.compile(
    r"""(?P<inverted>!?) (?P<column>[A-Za-z]+)
    (?P<before>\s*) (?P<colon>:?) \s* (?P<op>!=|==|>=|<=|[<>=^]|) (?P<after>\s*)
    (?! [A-Za-z]+ \s* (?: : | [!<>=]=? ) )
    (?: "(?P<quoted>[^"]*)"? | (?P<plain>\S*) ) \s*""",
    re.VERBOSE,
)
"""A column with its operator, and blanks around that."""
SPELLED = {"==": "=", "!=": "="}


def _condition_at(text: str, place: int, columns: Mapping[str, Kind]) -> re.Match[str] | None:
    """A condition that is written with blanks, or without a colon; None for any other word.

    `exit=2` is one where a column is called so, and else a text; `exit = 2` always is.
    """
    found = CONDITION.match(text, place)
    if found is None or not (found["op"] or found["colon"]):
        return None
    if found["op"] == "^" and not found["colon"]:
        return None
    apart = bool(found["before"] and (found["colon"] or found["after"] or not found["plain"]))
    known = _called(found["column"].casefold(), columns) in columns
    return found if found["colon"] or apart or known else None


def _words(text: str, columns: Mapping[str, Kind]) -> list[re.Match[str]]:
    words, place = [], 0
    text = text.strip()
    while place < len(text):
        # What looks like an expression and is none, such as `/a/b`, is found as a plain text.
        word = _condition_at(text, place, columns) or WORD.match(text, place)
        if word is None or word.end() == place:
            raise FilterError(f"What stands at {text[place:]!r} cannot be read.")
        words.append(word)
        place = word.end()
    return words


def _term(word: re.Match[str], columns: Mapping[str, Kind]) -> Term | None:
    groups = word.groupdict()
    inverted = bool(groups["inverted"]) is not (groups["op"] == "!=")
    op = SPELLED.get(groups["op"] or "", groups["op"] or "")
    everywhere = tuple(name for name, kind in columns.items() if kind is not Kind.DURATION)
    if groups.get("expression") is not None:
        return Term(everywhere, Op.FITS, _expression(groups["expression"]), inverted)
    value = word["plain"] if word["quoted"] is None else word["quoted"]
    if not value:
        return None
    if word["column"] is None:
        # Without a column an operator is a part of the text, but for the beginning of one.
        if op == "^":
            return Term(everywhere, Op.START, value.casefold(), inverted)
        return Term(everywhere, Op.PART, f"{op}{value}".casefold(), inverted)
    column = _called(word["column"].casefold(), columns)
    if column not in columns:
        raise FilterError(
            f"There is no column {column}; there are {', '.join(columns)}. "
            f'To look for that text write "{word[0].strip()}".'
        )
    return Term((column,), *_condition(column, columns[column], Op(op), value), inverted)


def _called(column: str, columns: Mapping[str, Kind]) -> str:
    """The column that a user means by that name."""
    if column != "age" or column in columns:
        return column
    return next((name for name in AGES if columns.get(name) is Kind.DURATION), column)


def _condition(column: str, kind: Kind, op: Op, value: str) -> tuple[Op, str | float | timedelta]:
    if kind is Kind.WORD:
        if op in (Op.PART, Op.WHOLE, Op.START):
            return op, value.casefold()
        raise FilterError(f"{column} is a text: write {column}:{value} for a part of it.")
    if op is Op.START:
        raise FilterError(f"{column} is {kind.value}: write {column}:>{value} or {column}:<{value}")
    if kind is Kind.NUMBER:
        try:
            number = float(value.replace(",", ""))
        except ValueError:
            raise FilterError(
                f"{column} is a number, and {value!r} is none: write {column}:>0 or {column}:137."
            ) from None
        return Op.WHOLE if op is Op.PART else op, number
    if op in (Op.PART, Op.WHOLE):
        raise FilterError(f"{column} is a duration: write {column}:<{value} or {column}:>{value}.")
    if value == "0":
        return op, timedelta()
    try:
        return op, duration(value)
    except DurationError as error:
        raise FilterError(f"{column}: {error}.") from error


def _expression(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise FilterError(f"/{text}/ is no regular expression: {error}.") from error
    except (OverflowError, RecursionError) as error:
        # `a{99999999999}`, or parentheses by the thousand.
        raise FilterError("This regular expression is too large.") from error


def _has(text: str, op: Op, operand: str) -> bool:
    match op:
        case Op.WHOLE:
            return text == operand
        case Op.START:
            return text.startswith(operand)
        case _:
            return operand in text


def _compares(value: float | timedelta, op: Op, operand: float | timedelta) -> bool:
    """Whether the two, which are of one kind, stand so to each other."""
    left = value.total_seconds() if isinstance(value, timedelta) else value
    right = operand.total_seconds() if isinstance(operand, timedelta) else operand
    match op:
        case Op.MORE:
            return left > right
        case Op.LEAST:
            return left >= right
        case Op.LESS:
            return left < right
        case Op.MOST:
            return left <= right
        case _:
            return left == right
