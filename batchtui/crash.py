"""The report of a bug: a file to send to whoever can mend it, without secrets."""

import asyncio
import logging
import os
import platform
import sys
import threading
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from batchtui import paths
from batchtui.core.private_files import private_folder, write_private
from batchtui.core.redact import redacted
from batchtui.logs import recent_lines

PACKAGES = ("batchtui", "textual", "azure-batch", "azure-storage-blob", "azure-identity", "aiohttp")
VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "TMUX", "LANG", "LC_ALL", "LC_CTYPE")
"""What the terminal and the locale are: nothing else of the environment is in a report."""
LINES = 200
"""Lines of the log in a report."""

log = logging.getLogger(__name__)


def report(error: BaseException, folder: Path | None = None) -> str:
    """Log the error, write a report of it, and say in one sentence where that is.

    The file is `crash-TIME.txt` in `folder`, the user's state folder if None. Only the user may
    read it; values of variables are not in it, and neither is anything of the command line.
    """
    log.critical("batchtui stopped because of a bug.", exc_info=error)
    folder = folder or paths.state_dir()
    now = datetime.now(UTC)
    try:
        place = _written(folder, now, redacted(_told(error, now)))
    except OSError as refusal:
        log.error("No crash report: %s", refusal)
        return (
            f"batchtui stopped because of a bug; its report could not be written to {folder} "
            f"({refusal.strerror}), the log in {paths.log_dir()} has the same."
        )
    return f"batchtui stopped because of a bug; the report is {place}."


def watch_threads() -> None:
    """Have what a thread, or a destructor, raises logged: the terminal belongs to the screen."""
    threading.excepthook = _log_thread
    sys.unraisablehook = _log_unraisable


def watch_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Have what a task raises that nobody awaits logged, with its traceback."""
    loop.set_exception_handler(_log_task)


def _told(error: BaseException, now: datetime) -> str:
    parts = (
        f"batchtui crash report of {now:%Y-%m-%d %H:%M:%S}Z",
        f"Python {platform.python_version()} on {platform.platform()}\n"
        + "\n".join(f"{name} {_version(name)}" for name in PACKAGES),
        "\n".join(f"{name}={os.environ.get(name, '')}" for name in VARIABLES),
        "".join(traceback.format_exception(error)).rstrip(),
        "The last lines of the log:\n" + "\n".join(recent_lines()[-LINES:]),
    )
    return "\n\n".join(parts) + "\n"


def _written(folder: Path, now: datetime, text: str) -> Path:
    private_folder(folder)
    place = folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
    write_private(place, text.encode("utf-8", "backslashreplace"))
    return place


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"


def _log_thread(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread else "unknown"
    if args.exc_value is not None and args.exc_type is not SystemExit:
        log.error("Thread %s ended because of a bug.", name, exc_info=args.exc_value)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    log.error("%s", args.err_msg or "An exception was ignored.", exc_info=args.exc_value)


def _log_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("%s", context.get("message", "A task failed."), exc_info=context.get("exception"))
