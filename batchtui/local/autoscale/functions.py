"""The functions of formulas."""

import math
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from batchtui.local.autoscale.trouble import FormulaError, Place
from batchtui.local.autoscale.values import DoubleVec, OutOfRangeError, Timestamp, Value, type_name

_W3C = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)


class StopError(Exception):
    """`stop()` was called: what has been assigned so far holds."""


def call(name: str, arguments: list[Value], now: Timestamp, place: Place) -> Value:
    """What a function returns. Raises FormulaError, and StopError for `stop()`."""
    try:
        if name in _OF_LISTS:
            return _OF_LISTS[name](flattened(arguments))
        if name in _BY_ELEMENT:
            return _each(_BY_ELEMENT[name], arguments)
        match name, arguments:
            case "percentile", [tuple() as vector, float() as percent]:
                return _percentile(vector, percent)
            case "val", [tuple() as vector, float() as index]:
                return _element(vector, index)
            case "rand", []:
                return random.random()
            case "time", []:
                return now
            case "time", [str() as text]:
                return _time(text)
            case "stop", []:
                raise StopError
            case (("percentile" | "val" | "rand" | "time" | "stop"), _):
                raise OutOfRangeError(f"Function {name} cannot be called with {_types(arguments)}")
    except OutOfRangeError as error:
        raise FormulaError(place, str(error)) from None
    raise FormulaError(place, f"Undefined function: {name}")


def flattened(values: list[Value]) -> DoubleVec:
    """A doubleVecList, which is any mixture of doubles and vectors, as one vector."""
    flat: list[float] = []
    for value in values:
        match value:
            case float():
                flat.append(value)
            case tuple():
                flat.extend(value)
            case _:
                raise OutOfRangeError(
                    f"A double or a doubleVec is needed, not a {type_name(value)}"
                )
    return tuple(flat)


def _types(values: list[Value]) -> str:
    return f"({', '.join(map(type_name, values))})"


def _each(function: Callable[[float], float], arguments: list[Value]) -> Value:
    """Of one double a double, of anything else a vector."""
    match arguments:
        case [float() as value]:
            return function(value)
        case _:
            return tuple(function(one) for one in flattened(arguments))


def _some(vector: DoubleVec) -> DoubleVec:
    if not vector:
        raise OutOfRangeError("The vector has no values")
    return vector


def _std(vector: DoubleVec) -> float:
    """Of a sample; it takes two values to deviate."""
    if len(vector) < 2:
        raise OutOfRangeError("A standard deviation needs two values at least")
    mean = sum(vector) / len(vector)
    return math.sqrt(sum((one - mean) * (one - mean) for one in vector) / (len(vector) - 1))


def _percentile(vector: DoubleVec, percent: float) -> float:
    """The element at the nearest rank."""
    if not 0 <= percent <= 100:
        raise OutOfRangeError("A percentile lies between 0 and 100")
    ordered = sorted(_some(vector))
    return ordered[max(math.ceil(percent / 100 * len(ordered)) - 1, 0)]


def _element(vector: DoubleVec, index: float) -> float:
    if not 0 <= index < len(vector):
        raise OutOfRangeError(f"The vector has {len(vector)} values, and none at {index:.15g}")
    return vector[int(index)]


def _logarithm(function: Callable[[float], float], value: float) -> float:
    """Also of zero and of negative numbers, as IEEE 754 has it."""
    if value > 0:
        return function(value)
    return -math.inf if value == 0 else math.nan


def _round(value: float) -> float:
    """To the nearest whole number; halves go away from zero."""
    return _whole(lambda one: math.copysign(math.floor(abs(one) + 0.5), one), value)


def _whole(function: Callable[[float], float], value: float) -> float:
    return float(function(value)) if math.isfinite(value) else value


def _time(text: str) -> Timestamp:
    """A timestamp from W3C-DTF or RFC 1123; a time without a zone is UTC."""
    try:
        when = _w3c(text) or parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        raise OutOfRangeError(f'"{text}" is no time such as 2026-01-31T08:30:00Z') from None
    return Timestamp.of(when if when.tzinfo else when.replace(tzinfo=UTC))


def _w3c(text: str) -> datetime | None:
    match = _W3C.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part or 1) for part in match.groups()[:3])
    hour, minute, second = (int(part or 0) for part in match.groups()[3:6])
    micros = int((match[7] or "").ljust(6, "0")[:6])
    zone = UTC
    if match[8] and match[8] != "Z":
        offset = timedelta(hours=int(match[8][1:3]), minutes=int(match[8][4:]))
        zone = timezone(-offset if match[8][0] == "-" else offset)
    return datetime(year, month, day, hour, minute, second, micros, zone)


_OF_LISTS: dict[str, Callable[[DoubleVec], Value]] = {
    "avg": lambda vector: sum(_some(vector)) / len(vector),
    "len": lambda vector: float(len(vector)),
    "max": lambda vector: max(_some(vector)),
    "min": lambda vector: min(_some(vector)),
    "norm": lambda vector: math.sqrt(sum(one * one for one in vector)),
    "range": lambda vector: max(_some(vector)) - min(vector),
    "std": _std,
    "sum": lambda vector: float(sum(vector)),
    "vec": lambda vector: vector,
}
_BY_ELEMENT: dict[str, Callable[[float], float]] = {
    "ceil": lambda value: _whole(math.ceil, value),
    "floor": lambda value: _whole(math.floor, value),
    "lg": lambda value: _logarithm(math.log2, value),
    "ln": lambda value: _logarithm(math.log, value),
    "log": lambda value: _logarithm(math.log10, value),
    "round": _round,
}
