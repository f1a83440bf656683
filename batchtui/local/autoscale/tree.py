"""What a formula is made of, once it has been read.

What stands in a row in the text stands in a row here, so that a long formula is never a deep one:
evaluating `1 + 1 + 1 + ...` takes no more of the stack than `1 + 1`.
"""

from dataclasses import dataclass
from typing import TypeAlias

from batchtui.local.autoscale.trouble import Place


@dataclass(frozen=True, slots=True)
class Number:
    place: Place
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    place: Place
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a constant."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class Vector:
    """`[1, 2, 3]`"""

    place: Place
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`avg(a, b)`"""

    place: Place
    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One link of a `Path`: `.hour`, or with arguments `.GetSample(1)`."""

    place: Place
    name: str
    arguments: tuple["Expression", ...] | None


@dataclass(frozen=True, slots=True)
class Path:
    """`base.a.b(c)`"""

    place: Place
    base: "Expression"
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`-!a`: the signs in the order of the text, so the last is applied first."""

    place: Place
    signs: tuple[str, ...]
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Step:
    """One operator of a `Chain` and what stands to its right."""

    place: Place
    sign: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one rank, applied from the left: `a - b + c`, `a && b && c`."""

    place: Place
    first: "Expression"
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """`c1 ? a : c2 ? b : rest`"""

    place: Place
    cases: tuple[tuple["Expression", "Expression"], ...]
    rest: "Expression"


Expression: TypeAlias = Number | Text | Name | Vector | Call | Path | Unary | Chain | Choice


@dataclass(frozen=True, slots=True)
class Statement:
    """`name = value`, or a mere expression such as `stop()` when there is no name."""

    place: Place
    name: str
    value: Expression


Formula: TypeAlias = tuple[Statement, ...]
