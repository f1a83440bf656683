"""Standard input, output and error, which may be closed, full, or without a reader."""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from batchtui.core.plain import visible

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer


class OutputError(Exception):
    """Standard output is closed or full: a sentence."""


def prepare() -> None:
    """Have all three standard streams, and `OutputError` raised where stdout takes no more.

    Python has None for a stream that was closed at the start, and the next file that is opened
    takes its number: what is printed would go into that file.
    """
    if sys.__stdin__ is None:
        sys.stdin = sys.__stdin__ = _opened(0, os.O_RDONLY)  # type: ignore[misc]
    if sys.__stdout__ is None:
        # Opened for reading: to write to it fails, as to any that is closed.
        sys.stdout = sys.__stdout__ = _opened(1, os.O_RDONLY)  # type: ignore[misc]
    if sys.__stderr__ is None:
        sys.stderr = sys.__stderr__ = _opened(2, os.O_WRONLY)  # type: ignore[misc]
    if sys.stdout is sys.__stdout__:
        buffered = io.BufferedWriter(_Output(1, "w", closefd=False))
        sys.stdout = io.TextIOWrapper(
            buffered,
            encoding=sys.__stdout__.encoding,
            # A name that the locale cannot write is no reason to write nothing.
            errors="backslashreplace",
            line_buffering=buffered.isatty(),
        )


def discard_output() -> None:
    """Let what is still to be printed go nowhere: Python complains when it cannot, at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """To stderr, so that what is on stdout can be read by a program.

    Where that cannot be written, nobody can be told, and what is under way matters more.
    """
    text = "\n".join(map(visible, line.split("\n")))
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


class _Output(io.FileIO):
    """Standard output, whose failures are told from those of other files."""

    def write(self, data: "Buffer") -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            why = "it is closed" if error.errno == errno.EBADF else error.strerror
            raise OutputError(
                f"Could not write to standard output: {why}. Send it somewhere else."
            ) from error


def _opened(number: int, way: int) -> "io.TextIOWrapper[Any]":
    """The null device under that number."""
    opened = os.open(os.devnull, way)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)
    raw = io.FileIO(number, "w" if number else "r", closefd=False)
    buffered = io.BufferedWriter(raw) if number else io.BufferedReader(raw)
    return io.TextIOWrapper(buffered, encoding="utf-8", errors="backslashreplace")
