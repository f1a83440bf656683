"""From TOML to the model, keeping account of everything that is wrong rather than of the first."""

from collections.abc import Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from batchtui.core.command_line import Command
from batchtui.core.placeholders import PlaceholderError, Text
from batchtui.core.recipe.faults import Fault, Key, nearest, unknown_placeholder
from batchtui.core.recipe.model import MOST, Scalar

WRONG = object()
"""Stands where no value could be read; a fault says why."""


class Reader:
    """Reads tables, fills `{run}` and `{param.NAME}`, and collects `faults`.

    `values` are the run's id and the parameters by placeholder name, each of its own type. Without
    any, as in files that are no recipes, braces have no meaning.
    """

    def __init__(self, values: Mapping[str, Scalar] | None = None) -> None:
        self.faults: list[Fault] = []
        self._fills = values is not None
        self._values = values = values or {}
        self._texts = {name: spelled_value(value) for name, value in values.items()}

    def fault(self, key: Key, sentence: str) -> Any:
        self.faults.append(Fault(key, sentence))
        return WRONG

    def read(self, value: object, wanted: Any, key: Key) -> Any:
        """The value as `wanted`, a type of the model; WRONG beside a fault where it is not."""
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin in (Union, UnionType) and wanted != Scalar:
            arms = tuple(arm for arm in arguments if arm is not NoneType)
            return self.read(value, _arm(value, arms), key)
        if _is(wanted, Text):
            return self._text(value, key)
        if _is(wanted, Command):
            return self._command(value, key)
        if _is(wanted, Struct):
            return self._table(value, wanted, key)
        if origin is tuple:
            return self._array(value, arguments[0], key)
        if origin is dict:
            return self._map(value, arguments[1], key)
        return self._leaf(value, wanted, key)

    def _table(self, value: object, wanted: type[Struct], key: Key) -> Any:
        if not isinstance(value, dict):
            return self.fault(key, f"must be a table, not {_kind(value)}")
        fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
        for name in value:
            if name not in fields:
                self.fault((*key, name), f"is an unknown key; {nearest(name, fields)}")
        members = {}
        for name, field in fields.items():
            if name in value:
                members[field.name] = self.read(value[name], field.type, (*key, name))
            elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
                self.fault((*key, name), "is missing")
                members[field.name] = WRONG
        return wanted(**members) if _whole(members.values()) else WRONG

    def _array(self, value: object, wanted: Any, key: Key) -> Any:
        if not isinstance(value, list):
            return self.fault(key, f"must be a list, not {_kind(value)}")
        items = tuple(self.read(item, wanted, (*key, i)) for i, item in enumerate(value))
        return items if _whole(items) else WRONG

    def _map(self, value: object, wanted: Any, key: Key) -> Any:
        if not isinstance(value, dict):
            return self.fault(key, f"must be a table, not {_kind(value)}")
        members = {name: self.read(item, wanted, (*key, name)) for name, item in value.items()}
        return members if _whole(members.values()) else WRONG

    def _text(self, value: object, key: Key, *, fill: bool = True) -> Any:
        """A text that waits for its task's placeholders."""
        if not isinstance(value, str):
            return self.fault(key, f"must be text, not {_kind(value)}")
        try:
            text = Text.parse(value)
            return text.fill(self._texts) if fill else text
        except PlaceholderError as error:
            return self.fault(key, str(error))

    def _command(self, value: object, key: Key) -> Any:
        """A command line, which quotes what its placeholders stand for, those known already too."""
        text = self._text(value, key, fill=False)
        return WRONG if text is WRONG else Command(text).fill(self._texts)

    def _leaf(self, value: object, wanted: Any, key: Key) -> Any:
        if isinstance(value, str) and self._fills:
            value = self._filled(value, wanted, key)
        if value is WRONG:
            return WRONG
        if _is(wanted, StrEnum) and isinstance(value, str):
            choices = list(wanted.__members__.values())
            if value not in choices:
                return self.fault(key, f"cannot be {value!r}; {nearest(value, choices)}")
        try:
            return msgspec.convert(value, wanted)
        except msgspec.ValidationError:
            large = isinstance(value, int) and value > MOST
            return self.fault(key, f"must be {_wanted(wanted, large=large)}, not {_shown(value)}")

    def _filled(self, value: str, wanted: Any, key: Key) -> object:
        """All placeholders filled; one that stands alone keeps its value's type."""
        try:
            text = Text.parse(value)
        except PlaceholderError as error:
            return self.fault(key, str(error))
        for name in text.slots:
            if name not in self._values:
                self.fault(key, unknown_placeholder(name, self._values))
        if not all(name in self._values for name in text.slots):
            return WRONG
        if text.sole is not None and wanted is not str:
            return self._values[text.sole]
        return text.complete(self._texts)


def spelled_value(value: Scalar) -> str:
    """As text: truth as TOML spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    # Python writes no whole number of more than 4,300 digits, and reads it as 0xFFF…
    return f"{value:#x}" if isinstance(value, int) and abs(value) >= 10**4000 else str(value)


def _arm(value: object, arms: tuple[Any, ...]) -> Any:
    """The member of a union that fits the shape of the value: a table, a list, or else text."""
    tables = [arm for arm in arms if _is(arm, Struct) and not _is(arm, Text)]
    lists = [arm for arm in arms if get_origin(arm) is tuple]
    texts = [arm for arm in arms if arm not in tables and arm not in lists]
    fitting = tables if isinstance(value, dict) else lists if isinstance(value, list) else texts
    return (fitting or texts or lists or tables)[0]


def _is(wanted: Any, base: type) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, base)


def _whole(values: Any) -> bool:
    return all(value is not WRONG for value in values)


WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
"""Types as people call them."""


def _wanted(wanted: Any, *, large: bool = False) -> str:
    """The type that a value must have, with its limits: `a whole number, 0 or more`.

    `large`: the value is beyond what the service can store, so that the upper limit matters.
    """
    if get_origin(wanted) is Annotated:
        kind, *limits = get_args(wanted)
        least = next((limit.ge for limit in limits if limit.ge is not None), None)
        most = next((limit.le for limit in limits if limit.le is not None), None)
        if least is not None and most is not None and (large or most != MOST):
            return f"{WORDS[kind]} from {least:,} to {most:,}"
        return f"{WORDS[kind]}, {least:,} or more" if least is not None else WORDS[kind]
    if get_origin(wanted) in (Union, UnionType):
        return "text, a number, or true or false"
    return WORDS.get(wanted, "text")


def _shown(value: object) -> str:
    """A number by itself, or by its length where it is long; anything else by its type."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Written so that it is false for nan.
        if not 10**15 <= abs(value) < float("inf"):
            return f"{value}"
        if isinstance(value, int):
            # Python writes no whole number of more than 4,300 digits.
            digits = len(f"{abs(value)}") if abs(value) < 10**4000 else "thousands of"
            return f"a number of {digits} digits"
    return _kind(value)


def _kind(value: object) -> str:
    for kind, words in ((list, "a list"), (dict, "a table")):
        if isinstance(value, kind):
            return words
    return WORDS.get(type(value), "a date or time")
