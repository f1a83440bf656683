"""What a terminal sends as text: bytes that are no characters, and mouse reports of old terminals.

Textual reads strictly UTF-8, and ends where it is given anything else
(https://github.com/Textualize/textual/blob/v8.2.8/src/textual/drivers/linux_driver.py).
"""

from codecs import getincrementaldecoder

MOUSE = b"\x1b[M"
"""Begins a mouse report as X10 sends it: three bytes follow, each the value and 32, up to 255."""
PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"
DROPPED = b"<35;0;0M"
"""The rest of a report, as terminals send it today, of a place that is nowhere: Textual's parser
leaves it out."""


class Keyboard:
    """Makes text of bytes as they come: a character, or a report, may be cut by the end of a read.

    A byte that is no part of a character becomes U+FFFD. Mouse reports of X10 are left out, as
    Textual leaves them out; what looks like one within a paste is not.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        self._decoder = getincrementaldecoder(encoding)(errors="replace")
        self._tail = b""
        """The last bytes that were handed on, as many as tell what the next one is."""
        self._report: bytes | None = None
        """The bytes of a report so far; None outside of one."""
        self._pasting = False

    def text(self, data: bytes) -> str:
        """What these bytes say, without a character or report that is not whole yet."""
        if self._report is None and MOUSE[0] not in self._tail + data:
            return self._decoder.decode(data)
        return self._decoder.decode(b"".join(self._taken(byte) for byte in data))

    def rest(self) -> str:
        """A report that has not come to its end by now, as the keys that it may have been."""
        if self._report is None:
            return ""
        held, self._report = b"M" + self._report, None
        return self._decoder.decode(held)

    def _taken(self, byte: int) -> bytes:
        piece = bytes((byte,))
        if self._report is not None:
            self._report += piece
            if len(self._report) < len(MOUSE):
                return b""
            self._report = None
            return DROPPED
        before = self._tail
        self._tail = (before + piece)[-len(PASTE) :]
        if self._pasting:
            self._pasting = self._tail != PASTED
        elif self._tail == PASTE:
            self._pasting = True
        elif self._tail.endswith(MOUSE):
            self._report, self._tail = b"", b""
            return b""
        return piece
