"""What a piece of text means, rather than which colour it has."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from rich.cells import cell_len
from textual.content import Content

from batchtui.core.plain import visible as clean

__all__ = ["STYLES", "Cell", "Spans", "Tone", "clean", "content", "joined", "spans", "width_of"]

Spans = tuple[tuple[str, str], ...]
"""Text in pieces, each with its tone."""

Cell = str | Spans | Callable[[int], Spans]
"""What a column says about a record: a plain string is in the plain tone, a function is drawn to
the width that there is."""


class Tone(StrEnum):
    PLAIN = "plain"
    STRONG = "strong"
    MUTED = "muted"
    GOOD = "good"
    ACTIVE = "active"
    WARNING = "warning"
    BAD = "bad"
    TRACK = "track"


STYLES: dict[str, str] = {
    Tone.PLAIN: "$foreground",
    Tone.STRONG: "bold $foreground",
    Tone.MUTED: "$text-muted",
    Tone.GOOD: "$success",
    Tone.ACTIVE: "$primary",
    Tone.WARNING: "$warning",
    Tone.BAD: "$error",
    Tone.TRACK: "$track",
}
"""Each tone as a style of `textual.content.Content`."""


def spans(cell: Cell, width: int) -> Spans:
    """The cell in pieces, for a place that is `width` cells wide."""
    if isinstance(cell, str):
        return ((cell, Tone.PLAIN),)
    return cell(width) if callable(cell) else cell


def width_of(cell: Cell) -> int:
    """How many cells the whole of it takes; 0 where it is drawn to the width that there is."""
    if callable(cell):
        return 0
    pieces = (cell,) if isinstance(cell, str) else (text for text, _ in cell)
    return sum(cell_len(clean(piece)) for piece in pieces)


def joined(parts: Iterable[Spans], gap: str = "  ") -> Spans:
    """Several texts as one, with a gap between them; empty ones are left out."""
    together: list[tuple[str, str]] = []
    for part in parts:
        if together and part:
            together.append((gap, Tone.PLAIN))
        together.extend(part)
    return tuple(together)


def content(parts: Spans) -> Content:
    """The text as a `Static` shows it."""
    return Content.assemble(*((clean(text), STYLES[tone]) for text, tone in parts))
