"""A text sought in the whole of a remote file, however large that is."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from batchtui.core.plain import ESCAPES, lines_of
from batchtui.core.redact import redacted
from batchtui.core.text_encoding import TextEncoding
from batchtui.core.text_file import Source, TextFile

F = TypeVar("F")

Told = Callable[[int, int], None]
"""Called with the bytes that were looked through so far, and those of the whole file."""

ESCAPES_READ = re.compile(ESCAPES.pattern.encode())


class Place(Struct, frozen=True):
    """Where in a file a text was found."""

    at: int
    """Bytes before it, or before the line that it is on where that has more than one can see."""
    wrapped: bool = False
    """Whether the way there led over the end of the file, or over its start."""


def pattern(sought: str) -> re.Pattern[str]:
    """What fits the text. Capitals are told apart only where the text has any."""
    return re.compile(re.escape(sought), re.IGNORECASE if sought == sought.lower() else 0)


class Seeker(Generic[F]):
    """Reads a file range by range, holding no more than one of them and what overlaps the next.

    A text is found only as it is shown: in one line, without the escapes that colour it, and not
    in what is hidden as a secret.
    """

    RANGE = 1024 * 1024
    """Bytes of one request."""
    OVERLAP = 64 * 1024
    """Bytes of a line that is looked at as a whole when it lies on the border of two ranges."""

    def __init__(self, source: Source[F], file: F, sought: str, told: Told) -> None:
        self._file = TextFile(source, file)
        self._encoding = TextEncoding()
        self._sought = sought
        self._pattern = pattern(sought)
        self._bytes = _pattern_of_bytes(sought)
        self._spread = 0
        """Bytes before a place at which what is found there may begin."""
        self._told = told
        self._done = self._size = 0

    async def after(self, at: int) -> Place | None:
        """The first place that begins at that byte or after it, or else from the file's start on.

        Raises `GatewayError`.
        """
        await self._begin()
        found = await self._first(max(0, at - self._spread), self._size)
        if found is not None:
            return Place(found)
        found = await self._first(0, min(self._size, at + self._spread))
        return None if found is None else Place(found, wrapped=True)

    async def before(self, at: int) -> Place | None:
        """The last place that ends before that byte, or else the last one of the file.

        Raises `GatewayError`.
        """
        await self._begin()
        found = await self._last(0, min(self._size, at + self._spread))
        if found is not None:
            return Place(found)
        found = await self._last(max(0, at - self._spread), self._size)
        return None if found is None else Place(found, wrapped=True)

    async def _begin(self) -> None:
        self._done, self._size = 0, (await self._file.state()).size
        self._told(0, self._size)
        self._encoding = await self._file.encoding(self._size)
        self._spread = len(self._sought.encode(self._encoding.codec)) - 1

    async def _first(self, start: int, stop: int) -> int | None:
        """The first place between two bytes."""
        encoding = self._encoding
        held, place = b"", encoding.floor(start)
        while place < stop:
            data = await self._read(place, min(place + self.RANGE, stop))
            if not data:
                stop = place  # the file became shorter
            place, held = place + len(data), held + data
            whole = len(held) if place >= stop else encoding.after_last_line(held)
            rest = held[whole:]
            if len(rest) > self.OVERLAP:
                whole, rest = len(held), held[-self.OVERLAP :]
            found = await asyncio.to_thread(self._look, held[:whole], last=False)
            if found is not None:
                return place - len(held) + found
            held = rest
        return None

    async def _last(self, start: int, stop: int) -> int | None:
        """The last place between two bytes."""
        encoding = self._encoding
        held, place, start = b"", stop, encoding.floor(start)
        while place > start:
            low = encoding.floor(max(start, place - self.RANGE))
            data = await self._read(low, place)
            if len(data) < place - low:
                held = b""  # the file became shorter, and ends here
            place, held = low, data + held
            begun = 0 if place <= start else encoding.after_first_line(held) or len(held)
            rest = held[:begun]
            if len(rest) > self.OVERLAP:
                begun, rest = 0, held[: self.OVERLAP]
            found = await asyncio.to_thread(self._look, held[begun:], last=True)
            if found is not None:
                return place + begun + found
            held = rest
        return None

    async def _read(self, start: int, stop: int) -> bytes:
        data = await self._file.read(start, stop)
        self._done += len(data)
        self._told(min(self._done, self._size), self._size)
        return data

    def _look(self, data: bytes, *, last: bool) -> int | None:
        """The first or the last place in these lines, in bytes from where they begin."""
        if self._encoding.unit > 1:
            return self._look_wide(data, last=last)
        plain = ESCAPES_READ.sub(b"", data) if b"\x1b" in data else data
        for start, stop in self._candidates(plain, last=last):
            shown = lines_of(redacted(plain[start:stop].decode("utf-8", "replace")))
            places = list(self._pattern.finditer(shown[0])) if shown else []
            if places:
                column = places[-1 if last else 0].start()
                if plain is data:
                    return min(stop, start + len(shown[0][:column].encode()))
                return _nth_line(data, plain.count(b"\n", 0, start))
        return None

    def _look_wide(self, data: bytes, *, last: bool) -> int | None:
        """The same in UTF-16 and UTF-32, where a byte may be a part of any character."""
        text = self._encoding.decode(data)
        found = None
        for line in re.finditer("[^\n]+", text):
            shown = lines_of(redacted(line[0]))
            places = list(self._pattern.finditer(shown[0])) if shown else []
            if places:
                # Where an escape or a secret is hidden, what follows it stands further on.
                column = min(places[-1 if last else 0].start(), len(line[0]))
                found = line.start() + column
                if not last:
                    break
        return None if found is None else len(text[:found].encode(self._encoding.codec, "replace"))

    def _candidates(self, data: bytes, *, last: bool) -> Iterator[tuple[int, int]]:
        """The lines that may have it, each once, by where they start and stop."""
        matches = self._bytes.finditer(data)
        before = -1
        for match in reversed(list(matches)) if last else matches:
            start = data.rfind(b"\n", 0, match.start()) + 1
            if start != before:
                stop = data.find(b"\n", match.start())
                yield start, len(data) if stop < 0 else stop
            before = start


def _pattern_of_bytes(sought: str) -> re.Pattern[bytes]:
    """What fits the text in UTF-8, whose characters are found without decoding what is around."""
    if sought != sought.lower():
        return re.compile(re.escape(sought.encode()))
    alternatives = []
    for letter in sought:
        forms = sorted(
            {form for form in (letter, letter.upper(), letter.title()) if len(form) == 1}
        )
        alternatives.append(b"(?:" + b"|".join(re.escape(form.encode()) for form in forms) + b")")
    return re.compile(b"".join(alternatives))


def _nth_line(data: bytes, number: int) -> int:
    """Where a line begins, counted from 0."""
    start = 0
    for _ in range(number):
        start = data.index(b"\n", start) + 1
    return start
