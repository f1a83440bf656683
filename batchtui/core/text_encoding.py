"""How a text is encoded, by the byte order mark that it begins with, and where its lines end."""

import codecs
from typing import Final

from msgspec import Struct


class TextEncoding(Struct, frozen=True):
    """UTF-8 unless a mark says otherwise."""

    codec: str = "utf-8"
    unit: int = 1
    """Bytes of a code unit: each begins at a multiple of it."""
    mark: int = 0
    """Bytes of the mark at the file's start, which are no text."""

    @property
    def newline(self) -> bytes:
        return "\n".encode(self.codec)

    def decode(self, data: bytes) -> str:
        """What is no text in this encoding shows as replacement characters."""
        return data.decode(self.codec, "replace")

    def floor(self, at: int) -> int:
        """The last place that is not after `at` and where a code unit may begin."""
        return at - at % self.unit

    def after_first_line(self, data: bytes, stop: int | None = None) -> int:
        """How many bytes the first line has with its line feed; 0 where none ends before `stop`.

        `data` begins with a whole code unit.
        """
        at = data.find(self.newline, 0, stop)
        while at > 0 and at % self.unit:
            at = data.find(self.newline, at + 1, stop)
        return at + self.unit if at >= 0 else 0

    def after_last_line(self, data: bytes, start: int = 0) -> int:
        """How many bytes come before what follows the last line feed after `start`; 0 for none."""
        at = data.rfind(self.newline, start)
        while at > 0 and at % self.unit:
            at = data.rfind(self.newline, start, at + self.unit - 1)
        return at + self.unit if at >= 0 else 0

    def rest_of_cut(self, data: bytes) -> int:
        """Bytes at the beginning that are the rest of a character which began before them."""
        if self.codec == "utf-8":
            rest = next((i for i, byte in enumerate(data[:4]) if byte & 0xC0 != 0x80), 4)
            return rest if rest < 4 else 0
        if self.unit == 2 and len(data) >= 2:
            high = data[0] if self.codec.endswith("be") else data[1]
            return 2 if 0xDC <= high <= 0xDF else 0
        return 0

    def begin_of_cut(self, data: bytes) -> int:
        """Bytes at the end that begin a character whose rest comes after them."""
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        decoder.decode(data[self.floor(max(0, len(data) - 8)) :])
        pending, _ = decoder.getstate()
        return len(pending)


MARKS: Final = (
    (codecs.BOM_UTF32_LE, TextEncoding("utf-32-le", 4, 4)),
    (codecs.BOM_UTF32_BE, TextEncoding("utf-32-be", 4, 4)),
    (codecs.BOM_UTF8, TextEncoding("utf-8", 1, 3)),
    (codecs.BOM_UTF16_LE, TextEncoding("utf-16-le", 2, 2)),
    (codecs.BOM_UTF16_BE, TextEncoding("utf-16-be", 2, 2)),
)
"""UTF-32's come first: its little-endian mark begins with that of UTF-16."""

HEAD = 4
"""Bytes that hold every mark."""


def encoding_of(head: bytes) -> TextEncoding:
    """Of a file that begins with these bytes, `HEAD` of them at least where it is as long."""
    return next((found for mark, found in MARKS if head.startswith(mark)), TextEncoding())
