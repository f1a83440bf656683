"""Two entities in rows of text: what differs first, then what is the same."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, NamedTuple

from msgspec import UNSET
from rich.cells import cell_len, set_cell_size

from batchtui.core.differences import Member
from batchtui.core.page import said_of, span
from batchtui.core.wording import many
from batchtui.ui.widgets.excerpt_text import lines_of
from batchtui.ui.widgets.tones import Spans, Tone
from batchtui.ui.widgets.wrapping import wrapped

WIDE = 92
"""Cells from which two values stand side by side; below, one stands under the other."""
LABELS = 42
"""Cells that the names of members have at the most where values stand beside them."""
ALIKE = 8
"""Characters that two texts have in common before it helps to say which they have not."""
STEP = 8
"""Cells by which the first column of values is wider or narrower."""
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
    table = _table(apart, names, now, room, width) if wide else None
    rows: list[Spans] = [*_titles(names, table)]
    for member in apart:
        rows += _beside(member, now, table) if table else _stacked(member, now, width)
    if not apart:
        rows.append((("  Nothing differs but their ids and addresses.", Tone.GOOD),))
    if same:
        note = "" if whole else ": v shows them too"
        rows += [(), ((f"{SAME} ", Tone.MUTED), ("The same", Tone.STRONG),
                      (f" in both, {many(len(same), 'member')}{note}", Tone.MUTED))]  # fmt: skip
    for member in same if whole else ():
        rows += _labelled(member.words, _told(member, member.left, now), room, width)
    return rows


def difference_text(
    members: Sequence[Member], names: tuple[str, str], now: datetime, *, whole: bool
) -> str:
    """The same as plain text, a value under the other, each line of them as long as it is."""
    lines = [f"{A}  {names[0]}", f"{B}  {names[1]}", ""]
    for member in members:
        if member.differs:
            lines.append(f"{DIFFERS} {member.words}")
            for letter, text in zip((A, B), _pair(member, now), strict=True):
                lines.append(f"    {letter}  " + text.replace("\n", "\n       "))
    same = [member for member in members if not member.differs] if whole else []
    lines += [f"{SAME} {m.words}  " + _told(m, m.left, now).replace("\n", "\n    ") for m in same]
    return "\n".join(lines) + "\n"


class _Table(NamedTuple):
    """Cells of the labels and of each value, where values stand side by side."""

    labels: int
    left: int
    right: int


def _table(
    members: Sequence[Member], names: tuple[str, str], now: datetime, labels: int, width: int
) -> _Table:
    """Half of what there is for each value, or more where the other does not need its half."""
    room = width - labels - 6
    pairs = [_pair(member, now) for member in members]
    left, right = (
        max(cell_len(line) for text in (f"{A}  {name}", *texts) for line in text.split("\n"))
        for name, texts in (
            (names[0], [text for text, _ in pairs]),
            (names[1], [text for _, text in pairs]),
        )
    )
    # In steps, so that the second column stays where it is while seconds become minutes.
    left += -left % STEP
    first = min(left, max(room // 2, room - right))
    return _Table(labels, first, room - first)


def _titles(names: tuple[str, str], table: _Table | None) -> Iterator[Spans]:
    """Which is A and which is B: above their columns, or one under the other."""
    if table is None:
        for letter, name in zip((A, B), names, strict=True):
            yield ((f"  {letter}  ", Tone.ACTIVE), (name, Tone.STRONG))
    else:
        first = set_cell_size(f"{A}  {names[0]}", table.left)
        second = set_cell_size(f"{B}  {names[1]}", table.right).rstrip()
        blank = " " * (table.labels + 4)
        yield ((blank, ""), (first, Tone.STRONG), ("  ", ""), (second, Tone.STRONG))
    yield ()


def _beside(member: Member, now: datetime, table: _Table) -> Iterator[Spans]:
    values = zip(_marked(member, now), table[1:], strict=True)
    left, right = (wrapped(spans, cells) for spans, cells in values)
    label = _cut(member.words, table.labels)
    for number, (one, other) in enumerate(zip_longest(left, right, fillvalue=())):
        mark = f"{DIFFERS} " if number == 0 else "  "
        blank = " " * (table.left - sum(cell_len(text) for text, _ in one))
        name = set_cell_size(label if number == 0 else "", table.labels)
        yield ((mark, Tone.WARNING), (f"{name}  ", Tone.PLAIN), *one, (f"{blank}  ", ""), *other)


def _stacked(member: Member, now: datetime, width: int) -> Iterator[Spans]:
    yield ((f"{DIFFERS} ", Tone.WARNING), (_cut(member.words, width - 2), Tone.PLAIN))
    pair = _marked(member, now)
    (left, *more), (right, *others) = (wrapped(spans, max(8, width // 2 - 8)) for spans in pair)
    if not more and not others:
        blank = " " * (width // 2 - 7 - sum(cell_len(text) for text, _ in left))
        yield ((f"    {A}  ", Tone.ACTIVE), *left, (blank, ""), (f"{B}  ", Tone.ACTIVE), *right)
        return
    for letter, spans in zip((A, B), pair, strict=True):
        for row in wrapped(spans, max(8, width - 7)):
            yield ((f"    {letter}  ", Tone.ACTIVE), *row)
            letter = " "


def _labelled(label: str, text: str, room: int, width: int) -> Iterator[Spans]:
    shown = _cut(label, room)
    for row in wrapped(((text, Tone.MUTED),), max(8, width - room - 4)):
        yield ((f"  {set_cell_size(shown, room)}  ", Tone.MUTED), *row)
        shown = ""


def _marked(member: Member, now: datetime) -> tuple[Spans, Spans]:
    """Both values; of two texts, what they have in common at either end stands back."""
    left, right = _pair(member, now)
    if UNSET in (member.left, member.right):
        return _alone(left, member.left), _alone(right, member.right)
    begin = _common(left, right)
    end = _common(left[begin:][::-1], right[begin:][::-1])
    if begin + end < ALIKE or member.is_time:
        return _alone(left, member.left), _alone(right, member.right)
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


def _pair(member: Member, now: datetime) -> tuple[str, str]:
    """Both values as texts that differ where the values do, in more digits if need be."""
    left, right = _told(member, member.left, now), _told(member, member.right, now)
    if left == right and member.differs:
        return _exactly(member.left), _exactly(member.right)
    return left, right


def _exactly(value: Any) -> str:
    """A value with all that it has: durations in seconds, texts with what is not seen in them."""
    if isinstance(value, str) and (length := span(value)) is not None:
        return f"{length.total_seconds():.6f}".rstrip("0").rstrip(".") + " s"
    if isinstance(value, str):
        return value if value.isprintable() else ascii(value)[1:-1]
    return f"{value!r}"


def _told(member: Member, value: Any, now: datetime) -> str:
    """A value as the inspect page tells it, safe to show."""
    if value is UNSET:
        return NOT_SET
    if value == "":
        return "empty"
    return "\n".join(lines_of(said_of(str(member.path[-1]), value, now, free=member.is_free)))


def _cut(label: str, width: int) -> str:
    """The end of a label tells most: of what is too long, the beginning goes."""
    if cell_len(label) <= width:
        return label
    while cell_len(label) > width - 1:
        label = label[1:]
    return f"…{label}"
