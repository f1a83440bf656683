"""Where the program writes down what it does: a file, and the last lines in memory."""

import logging
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from batchtui import paths
from batchtui.core.private_files import opener, private_folder
from batchtui.core.redact import redacted

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FILE_SIZE = 1_000_000
"""Bytes of the log file before it is put aside; two older ones are kept."""
LINES = 1000
"""Records in memory, for the screen that shows the log."""
QUIET = ("azure", "aiohttp", "asyncio", "msal", "urllib3")
"""Libraries that tell of every request, with its headers."""


class Redacting(logging.Formatter):
    """Formats a record with its traceback, and takes the secrets out of the whole.

    A filter would see the message before its arguments are in it, and never the traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _PrivateFile(RotatingFileHandler):
    """A log file that only its owner may read: it names jobs, files and accounts."""

    def _open(self) -> Any:
        """Called by the library at the start and after each rotation."""
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            errors=self.errors,
            opener=opener,
        )


class RecentLines(logging.Handler):
    """Keeps the last records, formatted."""

    def __init__(self, count: int = LINES) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=count)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def start_logging(directory: Path | None = None, *, level: int = logging.INFO) -> RecentLines:
    """Log to `batchtui.log` in `directory` (the user's log folder if None) and to memory.

    Nothing goes to the terminal, which belongs to the dashboard. Where the file cannot be
    written, the memory says so. Called again, it replaces what an earlier call set up.
    """
    root = logging.getLogger()
    stop_logging()
    recent = RecentLines()
    _add(root, recent)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It writes a traceback for each error that comes without a body, as to every HEAD.
    logging.getLogger("azure.batch._utils.model_base").setLevel(logging.ERROR)
    folder = directory or paths.log_dir()
    try:
        private_folder(folder)
        file = _PrivateFile(
            folder / "batchtui.log",
            maxBytes=FILE_SIZE,
            backupCount=2,
            encoding="utf-8",
            errors="backslashreplace",  # a line with half a character still has to be written
        )
    except OSError as error:
        logging.getLogger(__name__).warning("No log file: %s", error)
    else:
        _add(root, file)
    return recent


def recent_lines() -> tuple[str, ...]:
    """The last lines of the log, without secrets; none before `start_logging`."""
    handlers = logging.getLogger().handlers
    kept = (handler.lines for handler in handlers if isinstance(handler, RecentLines))
    return tuple(next(kept, ()))


def stop_logging() -> None:
    """Close the log file, and leave the handlers of others alone."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, Redacting):
            root.removeHandler(handler)
            handler.close()


def _add(root: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(Redacting(FORMAT))
    root.addHandler(handler)
