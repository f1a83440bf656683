"""The part of a file that one reads, of any size."""

from enum import StrEnum
from typing import Generic, TypeVar

from batchtui.core.tail import Excerpt, Source, Tail

F = TypeVar("F")


KEEP = 256 * 1024
"""Bytes of a part, at the most."""


class Turn(StrEnum):
    """To which part of the file."""

    FIRST = "first"
    EARLIER = "earlier"
    LATER = "later"
    END = "end"


class Leaf(Generic[F]):
    """Reads one part at a time, whole lines where it can: the end at first, as it grows.

    At most `keep` bytes are held, however large the file is. Where it does not begin at the file's
    start, a part begins with the line feed before its first line, and so says that none is cut.
    """

    def __init__(self, source: Source[F], file: F, *, keep: int = KEEP) -> None:
        self.file = file
        self.source = source
        self._keep = keep
        self._tail = Tail(source, file, keep=keep)
        self._last = Excerpt()
        self._span: tuple[int, int] | None = None
        """The bytes to read; None for the end."""
        self._read: tuple[int, int] | None = None
        self._aim: int | None = None
        self.aim: tuple[int, int] | None = None
        """Line and column, among the lines of the part, of the byte that one went to."""

    @property
    def following(self) -> bool:
        """Whether it is the end that is read."""
        return self._span is None

    @property
    def extent(self) -> tuple[int, int]:
        """From which byte to which one the lines go that are shown of the part."""
        text, start = self._last.text, self._last.start
        cut = _cut(text) if start and "\n" in text else 0
        return start + cut, self._last.size - self._last.left

    def turn(self, to: Turn) -> None:
        """Have the next `read` be of another part."""
        start = self._last.start
        self._aim = self.aim = None
        match to:
            case Turn.FIRST:
                self._span = (0, self._keep)
            case Turn.EARLIER if start:
                stop = start + _cut(self._last.text)
                self._span = (max(0, stop - self._keep), stop)
            case Turn.LATER if self._last.left:
                stop = self._last.size - self._last.left
                self._span = (stop, stop + self._keep)
            case Turn.END:
                self._span = None

    def go_to(self, at: int) -> None:
        """Have the next `read` be of the part around that byte."""
        start = max(0, at - self._keep // 2)
        self._span, self._read, self._aim = (start, start + self._keep), None, at

    async def read(self) -> Excerpt:
        """The part as it is now. Raises `GatewayError`."""
        if self._span is None:
            self._read, self._last = None, await self._tail.read()
        else:
            await self._read_span(*self._span)
        return self._last

    async def _read_span(self, start: int, stop: int) -> None:
        size = await self.source.file_size(self.file)
        if size <= start:
            # The file was rewritten, and is shorter now.
            self._span = self._aim = self.aim = None
            self._last = await self._tail.read()
            return
        if self._read == (start, stop) and size == self._last.size:
            return
        data = await self.source.read_file(self.file, start=start, length=stop - start)
        start, data = self._whole_lines(start, data, size)
        if self._aim is not None:
            self.aim = _place(data[: max(0, self._aim - start)], cut=start > 0)
        left = max(0, size - start - len(data))
        self._read = self._span
        self._last = Excerpt(data.decode("utf-8", "replace"), start, size, left=left)

    def _whole_lines(self, start: int, data: bytes, size: int) -> tuple[int, bytes]:
        """The part without the cut lines at its ends, but with the byte that one went to."""
        aim = None if self._aim is None else max(0, self._aim - start)
        if start:
            cut = data.find(b"\n", 0, aim)
            if cut < 0 and aim is not None:
                # One reads amid a long line: what is here of it stands as a line of its own.
                start, data, cut = start - 1, b"\n" + data, 0
            start, data = start + max(0, cut), data[max(0, cut) :]
        if start + len(data) < size:
            whole = data.rfind(b"\n", 0 if self._aim is None else max(0, self._aim - start))
            data = data[:whole] if whole > 0 else data
        return start, data


def _place(before: bytes, *, cut: bool) -> tuple[int, int]:
    """Line and column after these bytes; `cut`: what they have of their first line is not shown."""
    text = before.decode("utf-8", "replace")
    return text.count("\n") - cut, len(text) - text.rfind("\n") - 1


def _cut(text: str) -> int:
    """The bytes of a cut line that a text begins with, and of the line feed after it.

    What was cut from a character shows as one replacement for each of its bytes.
    """
    head = text.partition("\n")[0]
    return len(head.encode()) - 2 * head.count("\ufffd") + 1
