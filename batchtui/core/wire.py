"""What values of the Batch service are made of."""

from msgspec import Struct


class Wire(Struct, frozen=True, rename="camel"):
    """A value as the Batch service spells it."""


class NameValue(Wire, frozen=True):
    name: str = ""
    value: str = ""
