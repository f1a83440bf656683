"""The part of a file that one reads, of any size."""

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from batchtui.core.models import FileState
from batchtui.core.tail import Excerpt, Tail, is_another
from batchtui.core.text_encoding import TextEncoding
from batchtui.core.text_file import Source, TextFile

F = TypeVar("F")


KEEP = 256 * 1024
"""Bytes of a part, at the most."""


class Turn(StrEnum):
    """To which part of the file."""

    FIRST = "first"
    EARLIER = "earlier"
    LATER = "later"
    END = "end"


class _Span(Struct, frozen=True):
    """The bytes to read. What they cut of a line is left out at an end that may move."""

    start: int
    stop: int
    fixed: Turn | None = None
    """LATER where the start may not move, EARLIER where the stop may not."""
    aim: int | None = None
    """A byte that has to be in the part."""


class Leaf(Generic[F]):
    """Reads one part at a time, whole lines where it can: the end at first, as it grows.

    At most `keep` bytes are held, however large the file is. Parts follow each other without a
    gap, also within a line that is longer than one.
    """

    def __init__(self, source: Source[F], file: F, *, keep: int = KEEP) -> None:
        self.file = file
        self.source = source
        self._keep = keep
        self._file = TextFile(source, file)
        self._tail = Tail(source, file, keep=keep)
        self._last = Excerpt()
        self._span: _Span | None = None
        """The bytes to read; None for the end."""
        self._read: tuple[_Span, FileState] | None = None
        self.aim: tuple[int, int] | None = None
        """Line and column, among the lines of the part, of the byte that one went to."""

    @property
    def following(self) -> bool:
        """Whether it is the end that is read."""
        return self._span is None

    @property
    def extent(self) -> tuple[int, int]:
        """From which byte to which one the part goes."""
        return self._last.start, self._last.size - self._last.left

    def turn(self, to: Turn) -> None:
        """Have the next `read` be of another part."""
        start, stop = self.extent
        self.aim = None
        match to:
            case Turn.FIRST:
                self._span = _Span(0, self._keep)
            case Turn.EARLIER if start:
                self._span = _Span(max(0, start - self._keep), start, Turn.EARLIER)
            case Turn.LATER if self._last.left:
                self._span = _Span(stop, stop + self._keep, Turn.LATER)
            case Turn.END:
                self._span = None

    def go_to(self, at: int) -> None:
        """Have the next `read` be of the part around that byte."""
        start = max(0, at - self._keep // 2)
        self._span, self._read, self.aim = _Span(start, start + self._keep, aim=at), None, None

    def restart(self) -> None:
        """Read the file anew the next time, from its end: it was written anew."""
        self._span = self._read = self.aim = None
        self._file.forget()
        self._tail.restart()

    async def read(self) -> Excerpt:
        """The part as it is now. Raises `GatewayError`."""
        if self._span is None:
            self._read, self._last = None, await self._tail.read()
        else:
            await self._read_span(self._span)
        return self._last

    async def _read_span(self, span: _Span) -> None:
        state = await self._file.state()
        if state.size <= span.start:
            # The file was written anew, and is shorter now.
            self.restart()
            self._last = await self._tail.read()
            return
        if self._read == (span, state):
            return
        if self._read is not None and is_another(state, self._read[1]):
            self._file.forget()
        encoding = await self._file.encoding(state.size)
        # A code unit before it says whether a line begins there; with it, no more than `keep`.
        before = encoding.unit if span.start > encoding.mark else 0
        start = span.start + (before if span.fixed is Turn.EARLIER else 0) if before else 0
        start = encoding.floor(start)
        most = span.stop if span.fixed is Turn.EARLIER else start - before + self._keep
        stop = min(span.stop, most, state.size)
        data = await self._file.read(start - before, stop)
        begins = not before or data[:before] == encoding.newline
        start, data, cut = _from_line(encoding, span, start, data[before:], begins=begins)
        data = _to_line(encoding, span, start, data, state.size)
        mark = 0 if start else encoding.mark
        if span.aim is not None:
            self.aim = _place(encoding, data[mark : max(mark, span.aim - start)])
        left = max(0, state.size - start - len(data))
        self._read = span, state
        self._last = Excerpt(encoding.decode(data[mark:]), start, state.size, left=left, cut=cut)


def _from_line(
    encoding: TextEncoding, span: _Span, start: int, data: bytes, *, begins: bool
) -> tuple[int, bytes, bool]:
    """The part from its first whole line on; `begins`: it already begins with one.

    Also says whether it begins amid a line all the same.
    """
    if begins:
        return start, data, False
    aim = None if span.aim is None else max(0, span.aim - start)
    line = 0 if span.fixed is Turn.LATER else encoding.after_first_line(data, aim)
    if 0 < line < len(data):
        return start + line, data[line:], False
    rest = encoding.rest_of_cut(data)
    return start + rest, data[rest:], True


def _to_line(encoding: TextEncoding, span: _Span, start: int, data: bytes, size: int) -> bytes:
    """The part up to its last whole line; up to its last whole character where it has none."""
    if start + len(data) >= size or span.fixed is Turn.EARLIER:
        return data
    aim = 0 if span.aim is None else max(0, span.aim - start)
    line = encoding.after_last_line(data, encoding.floor(aim))
    return data[: line or len(data) - encoding.begin_of_cut(data)]


def _place(encoding: TextEncoding, before: bytes) -> tuple[int, int]:
    """Line and column after these bytes."""
    text = encoding.decode(before)
    return text.count("\n"), len(text) - text.rfind("\n") - 1
