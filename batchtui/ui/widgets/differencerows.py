"""Two entities in rows of text: what differs first, then what is the same."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from msgspec import UNSET
from rich.cells import cell_len, set_cell_size

from batchtui.core.differences import Member
from batchtui.core.page import said
from batchtui.core.wording import many
from batchtui.ui.widgets.excerpt_text import lines_of, rows_of
from batchtui.ui.widgets.tones import Spans, Tone

WIDE = 92
"""Cells from which two values stand side by side; below, one stands under the other."""
LABELS = 42
"""Cells that the names of members have at the most where values stand beside them."""
DIFFERS, SAME = "≠", "="
A, B = "A", "B"
NOT_SET = "not set"


def difference_rows(
    members: Sequence[Member], names: tuple[str, str], now: datetime, width: int, *, whole: bool
) -> list[Spans]:
    """`names` are those of the two; `whole`: what is the same is told too."""
    apart = [member for member in members if member.differs]
    same = [member for member in members if not member.differs]
    wide = width >= WIDE
    longest = max((cell_len(member.words) for member in members), default=0)
    room = min(LABELS, longest, max(8, width // 4 if wide else width // 3))
    rows: list[Spans] = [*_titles(names, width, room if wide else 0)]
    for member in apart:
        rows += _beside(member, now, width, room) if wide else _stacked(member, now, width)
    if not apart:
        rows.append((("  Nothing differs but their ids and addresses.", Tone.GOOD),))
    if same:
        note = "" if whole else ": v shows them too"
        rows += [(), ((f"{SAME} ", Tone.MUTED), ("The same", Tone.STRONG),
                      (f" in both, {many(len(same), 'member')}{note}", Tone.MUTED))]  # fmt: skip
    for member in same if whole else ():
        rows += _labelled(member.words, _told(member.left, now), room, width)
    return rows


def difference_text(
    members: Sequence[Member], names: tuple[str, str], now: datetime, *, whole: bool
) -> str:
    """The same as plain text, a value under the other, each line of them as long as it is."""
    lines = [f"{A}  {names[0]}", f"{B}  {names[1]}", ""]
    for member in members:
        if member.differs:
            lines.append(f"{DIFFERS} {member.words}")
            for letter, value in ((A, member.left), (B, member.right)):
                lines.append(f"    {letter}  " + _told(value, now).replace("\n", "\n       "))
    same = [member for member in members if not member.differs] if whole else []
    lines += [f"{SAME} {m.words}  " + _told(m.left, now).replace("\n", "\n    ") for m in same]
    return "\n".join(lines) + "\n"


def _titles(names: tuple[str, str], width: int, room: int) -> Iterator[Spans]:
    """Which is A and which is B: above their columns, or one under the other."""
    if not room:
        for letter, name in zip((A, B), names, strict=True):
            yield ((f"  {letter}  ", Tone.ACTIVE), (name, Tone.STRONG))
    else:
        each = _column(width, room)
        first = set_cell_size(f"{A}  {names[0]}", each)
        second = set_cell_size(f"{B}  {names[1]}", each).rstrip()
        yield ((" " * (room + 4), ""), (first, Tone.STRONG), ("  ", ""), (second, Tone.STRONG))
    yield ()


def _column(width: int, room: int) -> int:
    return (width - room - 6) // 2


def _beside(member: Member, now: datetime, width: int, room: int) -> Iterator[Spans]:
    each = _column(width, room)
    left, right = (_wrapped(spans, each) for spans in _marked(member, now))
    label = _cut(member.words, room)
    for number, (one, other) in enumerate(zip_longest(left, right, fillvalue=())):
        mark = f"{DIFFERS} " if number == 0 else "  "
        blank = " " * (each - sum(cell_len(text) for text, _ in one))
        name = label if number == 0 else ""
        yield ((mark, Tone.WARNING), (f"{set_cell_size(name, room)}  ", Tone.PLAIN), *one,
               (f"{blank}  ", ""), *other)  # fmt: skip


def _stacked(member: Member, now: datetime, width: int) -> Iterator[Spans]:
    yield ((f"{DIFFERS} ", Tone.WARNING), (_cut(member.words, width - 2), Tone.PLAIN))
    pair = _marked(member, now)
    (left, *more), (right, *others) = (_wrapped(spans, max(8, width // 2 - 8)) for spans in pair)
    if not more and not others:
        blank = " " * (width // 2 - 7 - sum(cell_len(text) for text, _ in left))
        yield ((f"    {A}  ", Tone.ACTIVE), *left, (blank, ""), (f"{B}  ", Tone.ACTIVE), *right)
        return
    for letter, spans in zip((A, B), pair, strict=True):
        for row in _wrapped(spans, max(8, width - 7)):
            yield ((f"    {letter}  ", Tone.ACTIVE), *row)
            letter = " "


def _labelled(label: str, text: str, room: int, width: int) -> Iterator[Spans]:
    shown = _cut(label, room)
    for row in _wrapped(((text, Tone.MUTED),), max(8, width - room - 4)):
        yield ((f"  {set_cell_size(shown, room)}  ", Tone.MUTED), *row)
        shown = ""


def _marked(member: Member, now: datetime) -> tuple[Spans, Spans]:
    """Both values; of two texts, what they have in common at either end stands back."""
    left, right = _told(member.left, now), _told(member.right, now)
    if UNSET in (member.left, member.right):
        return _alone(left, member.left), _alone(right, member.right)
    begin = _common(left, right)
    end = _common(left[begin:][::-1], right[begin:][::-1])
    return _parted(left, begin, end), _parted(right, begin, end)


def _alone(text: str, value: Any) -> Spans:
    return ((text, Tone.MUTED if value is UNSET else Tone.STRONG),)


def _common(left: str, right: str) -> int:
    """How many characters the two begin with alike."""
    pairs = zip(left, right, strict=False)
    apart = (place for place, (one, other) in enumerate(pairs) if one != other)
    return next(apart, min(len(left), len(right)))


def _parted(text: str, begin: int, end: int) -> Spans:
    stop = len(text) - end
    return (
        (text[:begin], Tone.MUTED),
        (text[begin:stop], Tone.STRONG),
        (text[stop:], Tone.MUTED),
    )


def _told(value: Any, now: datetime) -> str:
    """A value as the inspect page tells it, safe to show."""
    if value is UNSET:
        return NOT_SET
    if value in ({}, [], ""):
        return "empty"
    return "\n".join(lines_of(said(value, now)))


def _wrapped(spans: Spans, width: int) -> list[Spans]:
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


def _cut(label: str, width: int) -> str:
    """The end of a label tells most: of what is too long, the beginning goes."""
    if cell_len(label) <= width:
        return label
    while cell_len(label) > width - 1:
        label = label[1:]
    return f"…{label}"
