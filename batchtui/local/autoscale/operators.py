"""The operators of formulas, by the types that they take."""

import math
import operator
from typing import Any

from batchtui.local.autoscale.trouble import FormulaError, Place
from batchtui.local.autoscale.values import (
    DoubleVec,
    Interval,
    OutOfRangeError,
    Timestamp,
    Value,
    type_name,
)

# Typed as `operator` types them; what is compared is of one type, see `_compare`.
_COMPARISONS: dict[str, Any] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def truth(value: Value, place: Place) -> bool:
    """Whether a condition holds: only numbers say so, and all but zero do."""
    if isinstance(value, float):
        return value != 0
    raise FormulaError(place, f"A condition must be a double, not a {type_name(value)}")


def negate(sign: str, value: Value, place: Place) -> Value:
    """`-value` or `!value`."""
    match sign, value:
        case "!", float():
            return float(value == 0)
        case "-", float():
            return -value
        case "-", Interval():
            return apply("-", Interval(0), value, place)
    raise FormulaError(place, f"Operator '{sign}' cannot be applied to a {type_name(value)}")


def apply(sign: str, left: Value, right: Value, place: Place) -> Value:
    """`left sign right`, for all but the logical operators."""
    try:
        value = (
            _compare(sign, left, right) if sign in _COMPARISONS else _calculate(sign, left, right)
        )
    except OutOfRangeError as error:
        raise FormulaError(place, str(error)) from None
    if value is None:
        raise FormulaError(
            place,
            f"Operator '{sign}' cannot be applied to a {type_name(left)} and a {type_name(right)}",
        )
    return value


def _compare(sign: str, left: Value, right: Value) -> Value | None:
    if isinstance(left, tuple) or type(left) is not type(right):
        return None
    return float(_COMPARISONS[sign](left, right))


def _calculate(sign: str, left: Value, right: Value) -> Value | None:
    match left, right:
        case float(), float():
            return _arithmetic(sign, left, right)
        case tuple(), float():
            return tuple(_arithmetic(sign, one, right) for one in left)
        case tuple(), tuple():
            return _by_element(sign, left, right)
        case _:
            return _calculate_time(sign, left, right)


def _calculate_time(sign: str, left: Value, right: Value) -> Value | None:
    match sign, left, right:
        case "*", float(), Interval():
            return right.times(left)
        case "*", Interval(), float():
            return left.times(right)
        case "/", Interval(), float():
            return left.times(_arithmetic("/", 1.0, right))
        case "+", Interval(), Interval():
            return Interval(left.ticks + right.ticks)
        case "-", Interval(), Interval():
            return Interval(left.ticks - right.ticks)
        case "+", Interval(), Timestamp():
            return right.plus(left)
        case "+", Timestamp(), Interval():
            return left.plus(right)
        case "-", Timestamp(), Interval():
            return left.plus(Interval(-right.ticks))
        case "-", Timestamp(), Timestamp():
            return left.since(right)
        case _:
            return None


def _by_element(sign: str, left: DoubleVec, right: DoubleVec) -> DoubleVec:
    if len(left) != len(right):
        raise OutOfRangeError(f"The vectors differ in length: {len(left)} and {len(right)} values")
    return tuple(_arithmetic(sign, a, b) for a, b in zip(left, right, strict=True))


def _arithmetic(sign: str, left: float, right: float) -> float:
    """As IEEE 754 has it: a division by zero is infinite or not a number, and no error."""
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    if right:
        return left / right
    if not left or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)
