"""Who carries a run out: an advisory lock on a file that stays.

The lock ends with the process, however that ends: a process id would not tell, for it may belong
to a zombie, or to another program by now. The file is never removed: a program that opened it
before would hold a lock that the next program, with a file of its own, does not see.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from batchtui.core.private_files import FILE, private_folder

LOOKS = 0.5
"""Seconds within which those who only look have gone again; each looks for microseconds."""
PAUSE = 0.002


class RunLock:
    """A holder has the file to itself. Whoever only looks shares it, and disturbs no holder."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the run. Raises `BlockingIOError` where another program does, and `OSError`."""
        private_folder(self._file.parent)
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, FILE)
        try:
            _take(handle)
            yield
        finally:
            os.close(handle)

    def is_held(self) -> bool:
        """Whether another program holds the run at this moment. Raises `OSError`."""
        try:
            handle = os.open(self._file, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            return not _shared(handle)
        finally:
            os.close(handle)


def _take(handle: int) -> None:
    """Lock it for one. Those who look are waited for, a holder is not."""
    until = time.monotonic() + LOOKS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until or not _shared(handle):
                raise
            fcntl.flock(handle, fcntl.LOCK_UN)
            time.sleep(PAUSE)
        else:
            return


def _shared(handle: int) -> bool:
    """Share the lock, which only a holder prevents; whether that worked."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
