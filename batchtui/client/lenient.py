"""Reads answers that are not quite as documented: of a newer service, or with nulls.

msgspec decodes a page in one go, and refuses the whole page for one odd member. What stands here
is asked only then: it makes of a null what it makes of an absent member, and gives up a member or
a record, but never the page.
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import inspect

from batchtui.client.refusal import as_text
from batchtui.core.wire import NameValue

T = TypeVar("T")

_log = logging.getLogger(__name__)
_said: set[str] = set()
"""What was logged, by kinds and members: a page is read anew each second or two."""

_FRACTION = re.compile(r"(\.\d{6})\d+")
_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


def decode_leniently(answer: bytes, kind: type[T]) -> T:
    """The answer as a `kind`, as far as it can be read.

    Raises `msgspec.ValidationError` where nothing can: where it has another shape altogether, or
    no record of a page has what tells it from others.
    """
    plain = without_nulls(msgspec.json.decode(answer), in_lists=True)
    try:
        return msgspec.convert(plain, kind, strict=False)
    except msgspec.ValidationError:
        if not isinstance(plain, dict):
            raise
        value = plain.get("value")
        if get_origin(kind) is None:
            return _read(inspect.type_info(kind), plain, kind.__name__)  # type: ignore[no-any-return]
        if not isinstance(value, list):
            raise
        plain["value"] = _records(value, get_args(kind)[0])
        if value and not plain["value"]:
            raise
        return msgspec.convert(plain, kind, strict=False)


def _records(values: list[Any], kind: Any) -> list[Any]:
    """Those that can be read; the others are logged."""
    found = []
    described = inspect.type_info(kind)
    for value in values:
        try:
            found.append(msgspec.convert(value, kind, strict=False))
        except msgspec.ValidationError:
            try:
                found.append(_read(described, value, _kind(kind)))
            except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
                _log_once(f"Left out a {_kind(kind)}", _id(value), error)
    return found


def _read(kind: inspect.Type, value: Any, name: str) -> Any:
    """A value of a type, without those of its members that cannot be read."""
    match kind:
        case inspect.StructType():
            return _struct(kind, value, name)
        case inspect.UnionType():
            types = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
            return _read(types[0], value, name)
        case inspect.VarTupleType():
            return tuple(_items(kind.item_type, value, name))
        case inspect.Metadata():
            return _read(kind.type, value, name)
        case inspect.DateTimeType():
            return msgspec.convert(_time(value), datetime)
        case inspect.TimeDeltaType():
            return msgspec.convert(value, timedelta)
        case inspect.StrType():
            return as_text(value)
        case inspect.EnumType():
            return msgspec.convert(value, kind.cls)
        case inspect.IntType():
            return msgspec.convert(value, int, strict=False)
        case inspect.BoolType():
            return msgspec.convert(value, bool, strict=False)
        case inspect.AnyType():
            return value
    raise msgspec.ValidationError(f"{value!r:.100} is no {type(kind).__name__}")


def _struct(kind: inspect.StructType, value: Any, name: str) -> Any:
    if kind.cls is NameValue and not isinstance(value, Mapping):
        return NameValue("", as_text(value))
    if not isinstance(value, Mapping):
        raise msgspec.ValidationError(f"{name} is not an object")
    members = {}
    for field in kind.fields:
        if (member := value.get(field.encode_name)) is None:
            continue
        where = f"{name}.{field.encode_name}"
        try:
            members[field.name] = _read(field.type, member, where)
        except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
            if field.required:
                raise
            _log_once(f"Took {where} as absent", _id(value), error)
    try:
        return kind.cls(**members)
    except TypeError as error:
        raise msgspec.ValidationError(f"{name} lacks a member: {error}") from error


def _items(kind: inspect.Type, value: Any, name: str) -> list[Any]:
    """The items of a list; pairs may come as an object, and a single item without a list."""
    if isinstance(value, Mapping):
        pairs = isinstance(kind, inspect.StructType) and kind.cls is NameValue
        is_pair = "name" in value and "value" in value
        if pairs and not is_pair:
            return [NameValue(str(key), as_text(each)) for key, each in value.items()]
    found = []
    for each in value if isinstance(value, list) else [value]:
        try:
            found.append(_read(kind, each, name))
        except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
            _log_once(f"Left out an item of {name}", "", error)
    return found


def _time(value: Any) -> Any:
    """A time with digits that Python keeps, in UTC where it does not say.

    The service writes "never" as the last moment that .NET knows, to a tenth of a microsecond,
    which would be rounded up beyond the calendar.
    """
    if not isinstance(value, str):
        raise msgspec.ValidationError(f"{value!r:.100} is not a time")
    cut = _FRACTION.sub(r"\1", value.strip())
    return cut if _ZONE.search(cut) else f"{cut}Z"


def without_nulls(value: Any, *, in_lists: bool = False) -> Any:
    """The same, with members that are null left out, as the service leaves out what is not set."""
    if isinstance(value, dict):
        members = value.items()
        return {k: without_nulls(v, in_lists=in_lists) for k, v in members if v is not None}
    if isinstance(value, list):
        kept = [each for each in value if each is not None or not in_lists]
        return [without_nulls(each, in_lists=in_lists) for each in kept]
    return value


def _kind(kind: Any) -> str:
    return str(getattr(kind, "__name__", "record"))


def _id(value: Any) -> str:
    known = value if isinstance(value, Mapping) else {}
    own = known.get("id") or known.get("poolId") or known.get("name") or known.get("taskId") or ""
    return f"{own!s:.80}"


def _log_once(what: str, where: str, error: Exception) -> None:
    """Each kind of oddity once, with the first record that has it."""
    if what not in _said:
        _said.add(what)
        _log.warning("%s%s: %s", what, where and f", first of {where}", error)
