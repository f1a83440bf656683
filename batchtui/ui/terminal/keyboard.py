"""What a terminal sends as text: bytes that are no characters, and mouse reports of old terminals.

Textual reads strictly UTF-8, and ends where it is given anything else
(https://github.com/Textualize/textual/blob/v8.2.8/src/textual/drivers/linux_driver.py).
"""

from codecs import getincrementaldecoder

MOUSE = b"\x1b[M"
"""Begins a mouse report as X10 sends it: three bytes follow, each the value and 32, up to 255."""
PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"
RELEASED, MOVING, WHEEL = 3, 32, 64
"""Of a report's first value: no button is held; it tells of a movement; of the wheel."""


class Keyboard:
    """Makes text of bytes as they come: a character, or a report, may be cut by the end of a read.

    A byte that is no part of a character becomes U+FFFD. A mouse report of X10 becomes one of SGR
    (`\\x1b[<0;5;7M`), unless it is a part of a paste.
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
        if self._report is None and MOUSE[:1] not in data and not self._tail.endswith(MOUSE[:2]):
            self._tail = (self._tail + data)[-len(PASTE) :]
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
            report, self._report = self._report, None
            return _as_sgr(*report)
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


def _as_sgr(button: int, column: int, row: int) -> bytes:
    """The rest of the report, after `\\x1b[`, as terminals send it today."""
    state = button - 32
    released = state & RELEASED == RELEASED and not state & (MOVING | WHEEL)
    if released:
        state -= RELEASED
    return f"<{max(0, state)};{column - 32};{row - 32}{'m' if released else 'M'}".encode()
