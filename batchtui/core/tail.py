"""The end of a remote file as it grows."""

import re
from typing import Generic, TypeVar

from msgspec import Struct

from batchtui.core.gateway import GatewayError
from batchtui.core.models import FileState
from batchtui.core.plain import lines_of
from batchtui.core.redact import redacted
from batchtui.core.text_encoding import TextEncoding
from batchtui.core.text_file import Source, TextFile

__all__ = ["Excerpt", "Source", "Tail", "shown_lines"]

F = TypeVar("F")

NOT_YET = 409
"""How the service answers for the files of a task that no node has run yet."""

ELLIPSIS = "…"
CUT_WORD = 2048
"""Characters of a word whose beginning is not here, and which might be the rest of a secret."""


class Excerpt(Struct, frozen=True):
    """A stretch of a file: its end, unless something is `left`, when it was read."""

    text: str = ""
    start: int = 0
    """Where in the file `text` begins, in bytes; what is before it was left out as too long."""
    size: int = 0
    """Bytes in the whole file."""
    missing: str = ""
    """Why there is no such file, as the service says it; empty where there is one."""
    left: int = 0
    """Bytes of the file after `text`."""
    cut: bool = False
    """Whether `text` begins amid a line, which is longer than what is read at once."""


def shown_lines(excerpt: Excerpt) -> tuple[str, ...]:
    """The lines of an excerpt, fit to be shown and without secrets.

    Of a line whose beginning is not here an ellipsis stands for it, and for the word that was cut:
    half a secret would not be seen to be one.
    """
    text = excerpt.text
    if not excerpt.cut:
        return lines_of(redacted(text))
    most = min(CUT_WORD, len(text) // 8)
    word = re.match(rf"\S{{0,{most}}}", text)
    first, *rest = lines_of(redacted(text[word.end() if word else 0 :])) or ("",)
    overwritten = "\r" in text.partition("\n")[0].rstrip("\r")
    return (first if overwritten else f"{ELLIPSIS}{first}", *rest)


class Tail(Generic[F]):
    """Reads a remote file from near its end on, and then only the bytes that are new.

    At most `keep` bytes are held. A file that does not exist yet is an empty excerpt: a task that
    waits for a node has no streams. A file that was written anew, as a retry of a task does, is
    read anew: by its times, or where it does not go on as it did.
    """

    OVERLAP = 256
    """Bytes that are read again, to see whether what follows them is a continuation."""
    LONG = 4
    """The part of what is held that a cut line may take, as a divisor, before it is shown."""

    def __init__(self, source: Source[F], file: F, *, keep: int = 256 * 1024) -> None:
        self.file = file
        self._file = TextFile(source, file)
        self._keep = keep
        self._excerpt = Excerpt()
        self._state: FileState | None = None
        """What the bytes held are of; None for none."""
        self._bytes = b""
        self._start = 0

    def restart(self) -> None:
        """Read the file anew the next time: somebody knows that it was written anew."""
        self._excerpt = Excerpt()
        self._state, self._bytes, self._start = None, b"", 0
        self._file.forget()

    async def read(self) -> Excerpt:
        """The excerpt as it is now. Raises `GatewayError`."""
        try:
            state = await self._file.state()
        except GatewayError as error:
            absent = error.missing or error.status == NOT_YET
            if absent and not self._excerpt.size:
                self._excerpt = Excerpt(missing=str(error))
                return self._excerpt
            raise
        if self._state is not None and is_another(state, self._state):
            self.restart()
        if state != self._state or self._excerpt.missing:
            await self._read_to(state)
        return self._excerpt

    async def _read_to(self, state: FileState) -> None:
        data, start = await self._continued(state.size) or await self._anew(state.size)
        encoding = await self._file.encoding(start + len(data), head=b"" if start else data)
        self._hold(encoding, data, start, state)

    async def _continued(self, size: int) -> tuple[bytes, int] | None:
        """What is held and what follows it; None where the file does not go on from there."""
        held, end = self._bytes, self._start + len(self._bytes)
        if not held or size - self._keep > end:
            return None
        overlap = min(self.OVERLAP, len(held))
        data = await self._file.read(end - overlap, size)
        if data[:overlap] != held[-overlap:]:
            self._file.forget()
            return None
        return held + data[overlap:], self._start

    async def _anew(self, size: int) -> tuple[bytes, int]:
        start = max(0, size - self._keep)
        return await self._file.read(start, size), start

    def _hold(self, encoding: TextEncoding, data: bytes, start: int, state: FileState) -> None:
        """Keep the end of these bytes, which begin at `start`, and say what they are."""
        size = start + len(data)
        begin = max(start, size - self._keep)
        begin += -begin % encoding.unit
        data, start = data[begin - start :], begin
        self._bytes, self._start, self._state = data, start, state
        dropped, cut = _without_cut_line(encoding, data, start, len(data) // self.LONG)
        text = encoding.decode(data[dropped:])
        begin = start + dropped
        self._excerpt = Excerpt(text, begin if begin > encoding.mark else 0, size, cut=cut)


def is_another(state: FileState, before: FileState) -> bool:
    """Whether the file is surely not the one that it was, gone on."""
    if state.size < before.size:
        return True
    if None not in (state.created, before.created) and state.created != before.created:
        return True
    return state.size == before.size and state.modified != before.modified


def _without_cut_line(
    encoding: TextEncoding, data: bytes, start: int, most: int
) -> tuple[int, bool]:
    """How much of the data to leave out at its beginning, and whether a line is cut all the same.

    A line whose beginning is not here is left out where it has at most so many bytes, and where
    others follow.
    """
    if start <= encoding.mark:
        return encoding.mark - start, False
    line = encoding.after_first_line(data)
    if 0 < line <= most and line < len(data):
        return line, False
    return encoding.rest_of_cut(data), True
