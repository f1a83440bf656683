"""Files of nodes and tasks, seen from outside: nothing above their root is ever reached."""

import errno
import mimetypes
import os
import shutil
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from batchtui.local.errors import ServiceError
from batchtui.local.file_names import on_disk, shown_names


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder; `name` is its path below the root as clients see it, with forward slashes.

    `modified` is in microseconds since 1970, `mode` as `0o100644`.
    """

    name: str
    path: Path
    is_folder: bool
    size: int
    modified: int
    mode: str

    @property
    def content_type(self) -> str:
        # Of the last part alone: a whole path may look like a `data:` URL that says its own type.
        kind, _ = mimetypes.guess_type(self.name.rpartition("/")[2])
        return kind or ("text/plain" if "." not in self.name else "application/octet-stream")


def find(root: Path, name: str) -> Entry:
    """The entry of this name, or 404 FileNotFound; a leading slash means the root too.

    A name that leads out of the root, by `..` or by a link, names nothing.
    """
    parts = PurePosixPath(name.lstrip("/")).parts
    if not parts or ".." in parts or "\0" in name:
        raise ServiceError("FileNotFound")
    try:
        path = root
        for part in parts:
            path /= on_disk(path, part)
        path = path.resolve(strict=True)
        if not path.is_relative_to(root.resolve()):
            raise ServiceError("FileNotFound")
        return _entry("/".join(parts), path)
    except (OSError, RuntimeError, ValueError):
        # Missing, unreadable, a name that is too long, or links that go round.
        raise ServiceError("FileNotFound") from None


def walk(root: Path, *, recursive: bool) -> Iterator[Entry]:
    """The entries below a root, by name; recursively all of one depth before the next."""
    home = root.resolve()
    folders = deque([("", home)])
    while folders:
        prefix, folder = folders.popleft()
        for seen, name in shown_names(_names(folder)):
            try:
                path = (folder / name).resolve(strict=True)
                if not path.is_relative_to(home):
                    continue
                entry = _entry(prefix + seen, path)
            except (OSError, RuntimeError):
                continue  # It went away meanwhile, or is a link to nothing.
            yield entry
            # A link to a folder is shown, not entered: it might lead round in circles.
            if recursive and entry.is_folder and not (folder / name).is_symlink():
                folders.append((f"{entry.name}/", path))


def reader(entry: Entry, first: int) -> BinaryIO:
    """The file, open at a byte; 404 when it went away or cannot be read."""
    try:
        file = entry.path.open("rb")
        file.seek(first)
    except OSError as error:
        raise ServiceError("FileNotFound", ("Reason", error.strerror or "")) from None
    return file


def delete(entry: Entry, *, recursive: bool) -> None:
    """Remove a file, or a folder: a full one only recursively, else 409."""
    try:
        if not entry.is_folder:
            entry.path.unlink(missing_ok=True)
        elif recursive:
            shutil.rmtree(entry.path)
        else:
            entry.path.rmdir()
    except OSError as error:
        reason = f"It could not be deleted: {error.strerror}"
        raise ServiceError("OperationInvalidForCurrentState", ("Reason", reason)) from None


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []  # It went away, or the task has closed it.


def _entry(name: str, path: Path) -> Entry:
    """Raises OSError, for a pipe or a device too: opening one might never return."""
    status = path.stat()
    if not stat.S_ISDIR(status.st_mode) and not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "It is neither a file nor a directory", str(path))
    return Entry(
        name=name,
        path=path,
        is_folder=stat.S_ISDIR(status.st_mode),
        size=status.st_size,
        modified=status.st_mtime_ns // 1000,
        mode=oct(status.st_mode),
    )
