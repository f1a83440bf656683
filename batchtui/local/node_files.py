"""Files of nodes and tasks, seen from outside: nothing above their root is ever reached."""

import mimetypes
import os
import shutil
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from batchtui.local.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder; `name` is its path below the root, with forward slashes.

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
        kind, _ = mimetypes.guess_type(self.name)
        return kind or ("text/plain" if "." not in self.name else "application/octet-stream")


def find(root: Path, name: str) -> Entry:
    """The entry of this name, or 404 FileNotFound; a leading slash means the root too.

    A name that leads out of the root, by `..` or by a link, names nothing.
    """
    parts = PurePosixPath(name.lstrip("/")).parts
    if not parts or ".." in parts or "\0" in name:
        raise ServiceError("FileNotFound")
    try:
        path = root.joinpath(*parts).resolve(strict=True)
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
        for name in _names(folder):
            try:
                path = (folder / name).resolve(strict=True)
                if not path.is_relative_to(home):
                    continue
                entry = _entry(prefix + name, path)
            except (OSError, RuntimeError):
                continue  # It went away meanwhile, or is a link to nothing.
            yield entry
            # A link to a folder is shown, not entered: it might lead round in circles.
            if recursive and entry.is_folder and not (folder / name).is_symlink():
                folders.append((f"{entry.name}/", path))


def read(entry: Entry, first: int, last: int | None) -> bytes:
    """Bytes of a file, both ends included; `last` is None for all that is there."""
    with entry.path.open("rb") as file:
        file.seek(first)
        return file.read() if last is None else file.read(last - first + 1)


def delete(entry: Entry, *, recursive: bool) -> None:
    """Remove a file, or a folder: a full one only recursively, else 409."""
    if not entry.is_folder:
        entry.path.unlink(missing_ok=True)
    elif recursive:
        shutil.rmtree(entry.path, ignore_errors=False)
    else:
        try:
            entry.path.rmdir()
        except OSError:
            raise ServiceError(
                "OperationInvalidForCurrentState", ("Reason", "The directory is not empty")
            ) from None


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []  # It went away, or the task has closed it.


def _entry(name: str, path: Path) -> Entry:
    status = path.stat()
    return Entry(
        name=name,
        path=path,
        is_folder=stat.S_ISDIR(status.st_mode),
        size=status.st_size,
        modified=status.st_mtime_ns // 1000,
        mode=oct(status.st_mode),
    )
