"""Thin bars, drawn in half cells."""

from collections.abc import Sequence

from batchtui.ui.widgets.tones import Spans, Tone

FULL, LEFT, RIGHT = "━", "╸", "╺"


def bar(parts: Sequence[tuple[int, str]], total: int, width: int) -> Spans:
    """Parts of a whole, one after the other, each in its tone; the rest is track.

    A part that is not nothing shows where there is room for it, and a bar that is not full never
    looks full.
    """
    halves = width * 2
    done = sum(count for count, _ in parts)
    ends: list[tuple[int, str]] = []
    end = 0
    reached = 0
    for count, tone in parts:
        if not count:
            continue
        reached += count
        end = max(end + 1, round(reached / max(total, 1) * halves))
        if reached < total:
            end = min(end, halves - 2)
        ends.append((min(end, halves), tone))
    if done < total or not ends:
        ends.append((halves, Tone.TRACK))
    return _cells(ends)


def _cells(ends: Sequence[tuple[int, str]]) -> Spans:
    """Half cells as characters; where two tones share a cell, the first has its left half."""
    drawn: list[tuple[str, str]] = []
    start = 0
    for index, (end, tone) in enumerate(ends):
        if end <= start:
            continue
        text = ""
        if start % 2:
            text += RIGHT
            start += 1
        text += FULL * ((end - start) // 2)
        if end > start and (end - start) % 2:
            follows = index + 1 < len(ends)
            text += LEFT
            # The right half of this cell stays empty: a character has one colour only.
            end += 1 if follows else 0
        drawn.append((text, tone))
        start = end
    return tuple(drawn)
