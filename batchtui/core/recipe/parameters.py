"""A recipe's parameters: their defaults, and what the user set instead."""

from collections.abc import Mapping

import msgspec

from batchtui.core.recipe.faults import nearest
from batchtui.core.recipe.model import Parameter, Scalar
from batchtui.core.recipe.names import PARAMETER

WORDS = {bool: "true or false", int: "a whole number", float: "a number"}


class ParameterError(ValueError):
    """A setting that fits no parameter."""


def settings(pairs: list[str]) -> dict[str, str]:
    """`["words=5"]` as a mapping. Raises `ParameterError`."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not PARAMETER.fullmatch(name):
            raise ParameterError(f"--set {pair}: write it like --set words=5")
        found[name] = value
    return found


def values(parameters: Mapping[str, Parameter], given: Mapping[str, str]) -> dict[str, Scalar]:
    """Each parameter's value, of its default's type. Raises `ParameterError`."""
    for name in given:
        if name not in parameters:
            raise ParameterError(f"--set {name}: no such parameter; {nearest(name, parameters)}")
    return {
        name: _converted(name, given[name], parameter.default) if name in given
        else parameter.default
        for name, parameter in parameters.items()
    }  # fmt: skip


def _converted(name: str, text: str, default: Scalar) -> Scalar:
    kind = type(default)
    try:
        converted: Scalar = msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError:
        raise ParameterError(f"--set {name}={text}: must be {WORDS[kind]}") from None
    return converted
