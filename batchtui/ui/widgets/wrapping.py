"""Text in several tones, in rows."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from batchtui.ui.widgets.excerpt_text import rows_of
from batchtui.ui.widgets.tones import Spans


def wrapped(spans: Spans, width: int) -> list[Spans]:
    """The text in rows of at most `width` cells, each piece in its tone."""
    text = "".join(piece for piece, _ in spans)
    tones = [(len(piece), tone) for piece, tone in spans if piece]
    rows: list[Spans] = []
    for line in text.split("\n"):
        for row in rows_of(line, width):
            rows.append(tuple(_taken(row, tones)))
        _taken_off(tones, 1)
    return rows


def folded(spans: Spans, width: int, most: int) -> list[Spans]:
    """So many rows of it at the most; an ellipsis says that there is more."""
    rows = wrapped(spans, width)
    if len(rows) <= most:
        return rows
    *before, (text, tone) = rows[most - 1]
    return [*rows[: most - 1], (*before, (f"{set_cell_size(text, cell_len(text) - 1)}…", tone))]


def _taken(row: str, tones: list[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """The row in pieces of one tone; what it takes of the tones is gone from them."""
    while row:
        count, tone = tones[0]
        piece, row = row[:count], row[count:]
        yield piece, tone
        _taken_off(tones, len(piece))


def _taken_off(tones: list[tuple[int, str]], count: int) -> None:
    if tones:
        left, tone = tones[0]
        tones[:1] = [(left - count, tone)] if left > count else []
