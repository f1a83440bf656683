"""Writes to the terminal beside the event loop."""

import logging
import os
from collections.abc import Callable
from threading import Condition, Thread

log = logging.getLogger(__name__)

AT_MOST = 512 * 1024
"""Characters that may wait to be written: several whole screens. Where the terminal is that far
behind, what waits is thrown away, and the screen is drawn anew once it takes something again."""


class TerminalWriter(Thread):
    """Writes in the order given. A terminal that is gone, or that stands still, holds nobody up.

    Textual's own has the event loop wait for room, for ever where the terminal is gone.
    """

    def __init__(
        self, fileno: int, encode: Callable[[str], bytes], *, caught_up: Callable[[], None]
    ) -> None:
        """`caught_up` is called, in this thread, after something had to be thrown away."""
        super().__init__(daemon=True, name="terminal-output")
        self._fileno = fileno
        self._encode = encode
        self._caught_up = caught_up
        self._change = Condition()
        self._waiting: list[str] = []
        self._size = 0
        self._writing = self._lost = self._closing = False
        self.gone = False
        """Whether the terminal has been closed: nothing more is written."""

    def write(self, text: str) -> None:
        with self._change:
            if self.gone or self._closing:
                return
            if self._size > AT_MOST:
                self._waiting.clear()
                self._size, self._lost = 0, True
            self._waiting.append(text)
            self._size += len(text)
            self._change.notify_all()

    def drain(self, patience: float) -> None:
        """Wait until all is written, but no longer than so many seconds."""
        with self._change:
            self._change.wait_for(
                lambda: self.gone or not (self._waiting or self._writing), patience
            )

    def close(self, patience: float) -> None:
        """Write what waits, and end; what a terminal that stands still has not taken is lost."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        self.join(patience)

    def run(self) -> None:
        while not self.gone:
            with self._change:
                self._writing = False
                self._change.notify_all()
                self._change.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                text = "".join(self._waiting)
                self._waiting.clear()
                self._size, self._writing = 0, True
            self._put(self._encode(text))
            if self._lost and not self.gone:
                self._lost = False
                self._caught_up()

    def _put(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._fileno, data) :]
        except OSError as error:
            log.warning("The terminal cannot be written any more: %s", error.strerror)
            with self._change:
                self.gone = True
                self._waiting.clear()
                self._change.notify_all()
