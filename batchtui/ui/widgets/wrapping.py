"""Text in several tones, in rows."""

from collections.abc import Iterator

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
