"""Request bodies: JSON read strictly into typed structures, with the service's errors.

Every kind of body is a `Body`: its members, types, bounds and defaults are its declaration. What a
client may leave out and the service does not fill in is `UNSET`, and so absent from the answer too.
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.wire.times import duration, parse_duration

Json = dict[str, Any]

Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Count = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Retries = Annotated[int, Meta(ge=-1, le=2_147_483_647)]
Code = Annotated[int, Meta(ge=-2_147_483_648, le=2_147_483_647)]
Text = Annotated[str, Meta(min_length=1)]

_LARGEST = 2**63 - 1
_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `(.*)`)?", re.DOTALL)
_UNREADABLE = re.compile(r"(Expected `[^`]+`, got|Object contains unknown field)")
_PATH = re.compile(r" - at `(.*)`\Z", re.DOTALL)


class Duration(str):
    """An ISO 8601 duration in the service's own spelling."""

    __slots__ = ()

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(duration(parse_duration(text)))

    @property
    def length(self) -> timedelta:
        return parse_duration(self)


class Word(StrEnum):
    """One of a fixed set of words: read in any case, answered in the service's."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        wanted = str(value).lower()
        return next((word for word in cls if word.value.lower() == wanted), None)


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """The base of all bodies: camelCase on the wire, nothing unknown, no positions."""

    def check(self) -> None:
        """Raise a `ServiceError` for what types alone cannot say; the default has nothing."""

    def wire(self) -> Json:
        """The JSON that the service answers for it, defaults filled in."""
        plain: Json = msgspec.to_builtins(self, enc_hook=str)
        return plain


B = TypeVar("B", bound=Body)


def read(data: bytes, kind: type[B]) -> B:
    """Read a body; raises InvalidRequestBody, MissingRequiredProperty or InvalidPropertyValue.

    Numbers and truth values may be sent as strings, and null means absent: the az CLI does both.
    """
    return convert(decode(data), kind)


def decode(data: bytes) -> object:
    """The JSON of a body; an empty body is an empty object. Raises InvalidRequestBody."""
    try:
        plain: object = msgspec.json.decode(data or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ServiceError("InvalidRequestBody", ("Reason", str(error))) from None
    return plain


def convert(plain: object, kind: type[B]) -> B:
    """As `read`, from JSON that is decoded already."""
    try:
        body = msgspec.convert(_without_nulls(plain), kind, strict=False, dec_hook=_hook)
    except msgspec.ValidationError as error:
        raise _spoken(str(error)) from None
    body.check()
    return body


def _without_nulls(plain: object) -> object:
    if isinstance(plain, dict):
        return {
            name: _without_nulls(value)
            for name, value in plain.items()
            if value is not None and not name.startswith("odata.")
        }
    if isinstance(plain, list):
        return [_without_nulls(value) for value in plain]
    if isinstance(plain, int) and not -_LARGEST <= plain <= _LARGEST:
        raise ServiceError("InvalidRequestBody", ("Reason", f"{plain} is no 64-bit number"))
    return plain


def _hook(kind: type, value: object) -> object:
    if kind is Duration and isinstance(value, str):
        return Duration.of(value)
    raise ValueError(f"Expected `duration`, got `{type(value).__name__}`")


def _spoken(message: str) -> ServiceError:
    """The service's error for msgspec's sentence."""
    missing = _MISSING.match(message)
    if missing:
        return ServiceError("MissingRequiredProperty", ("PropertyName", missing[1]))
    where = _PATH.search(message)
    path = where[1].removeprefix("$").removeprefix(".") if where else ""
    if _UNREADABLE.match(message):
        return ServiceError("InvalidRequestBody", ("Reason", message))
    name = re.sub(r"\[.*?\]", "", path).rpartition(".")[2]
    error = invalid_property(name, _PATH.sub("", message))
    error.values = (*error.values, ("PropertyPath", path))
    return error


def given(value: Any | UnsetType) -> bool:
    """Whether a client sent it, and sent something: an empty list is as good as none."""
    return value is not UNSET and value != [] and value != {}
