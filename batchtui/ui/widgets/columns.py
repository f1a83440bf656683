"""Columns, and how they share the width that there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.cells import cell_len, set_cell_size

from batchtui.core.filters import Kind, Value
from batchtui.ui.widgets.tones import Cell, Spans, clean, spans

T = TypeVar("T")

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A heading, the least width, and how to say a record in that many cells."""

    title: str
    width: int
    text: Callable[[T], Cell]
    grow: int = 0
    """Share of the cells that are left over."""
    most: int = 1_000
    """Cells beyond which more width is of no use."""
    rank: int = 0
    """The column of the highest rank is the first to go where there is too little width."""
    right: bool = False
    """Whether numbers stand here, which are compared from the right."""
    name: str = ""
    """What a user calls it, in a filter for example; the heading in lower case where empty."""
    value: Callable[[T], Value] | None = None
    """What the column sorts, filters and exports by; it does none of it without."""
    kind: Kind = Kind.WORD
    """What `value` gives."""
    extra: bool = False
    """Whether only those see it who choose to."""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.title.casefold())


def fitted(
    columns: Sequence[Column[Any]], width: int, needs: Sequence[int] = ()
) -> tuple[int, ...]:
    """How many cells each column gets of `width`; 0 for those that do not fit.

    `needs` is how wide the widest text of each column is. What is left over goes to those that are
    too narrow for theirs, at first to those that do not grow otherwise.
    """
    shown = [True] * len(columns)

    def spare() -> int:
        widths = [column.width for column, on in zip(columns, shown, strict=True) if on]
        return width - sum(widths) - GAP * (len(widths) - 1)

    for index in sorted(range(len(columns)), key=lambda i: (-columns[i].rank, -i)):
        if spare() >= 0 or sum(shown) == 1:
            break
        shown[index] = False
    widths = [column.width if on else 0 for column, on in zip(columns, shown, strict=True)]
    if sum(shown) == 1:
        widths[shown.index(True)] = min(max(widths), width)
    needed = [
        min(column.most, max(need, column.width))
        for column, need in zip(columns, needs or [0] * len(columns), strict=True)
    ]
    rigid = [1 - min(1, column.grow) for column in columns]
    growing = [column.grow for column in columns]
    left = _share(rigid, needed, widths, spare())
    left = _share(growing, needed, widths, left)
    _share(growing, [column.most for column in columns], widths, left)
    return tuple(widths)


def _share(shares: Sequence[int], most: Sequence[int], widths: list[int], spare: int) -> int:
    """Give the spare cells to the columns that can use them; how many are left then."""
    while spare > 0:
        growing = [
            index for index, share in enumerate(shares) if share and 0 < widths[index] < most[index]
        ]
        if not growing:
            break
        whole = sum(shares[index] for index in growing)
        before = spare
        for index in growing:
            more = min(before * shares[index] // whole, most[index] - widths[index], spare)
            widths[index] += more
            spare -= more
        if spare == before:
            # Fewer cells than shares: the first column takes them.
            widths[growing[0]] += 1
            spare -= 1
    return spare


def cut(cell: Cell, width: int, *, right: bool = False) -> Spans:
    """The cell in exactly `width` cells; what is too long ends in an ellipsis."""
    pieces = [(clean(text), tone) for text, tone in spans(cell, width)]
    room = width
    fitting: list[tuple[str, str]] = []
    for index, (text, tone) in enumerate(pieces):
        size = cell_len(text)
        more_follows = any(piece for piece, _ in pieces[index + 1 :])
        if size > room or (size == room and more_follows):
            fitting.append((set_cell_size(text, room - 1) + "…" if room else "", tone))
            return tuple(fitting)
        fitting.append((text, tone))
        room -= size
    blank = (" " * room, "")
    return (blank, *fitting) if right else (*fitting, blank)
