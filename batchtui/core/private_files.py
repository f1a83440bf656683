"""Files and folders that only their owner may read: what they hold is secret, or tells of work.

The mode is given when they are made, so that there is no moment in which others could open them,
whatever the umask is.
"""

import errno
import os
import stat
import tempfile
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077
"""The rights of everybody but the owner."""


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that do not exist, with mode 0700. Raises `OSError`.

    One that exists is closed to others, if it is the user's own.
    """
    for folder in reversed((path, *path.parents)):
        if not folder.is_dir():
            if folder.exists():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
            folder.mkdir(mode=FOLDER, exist_ok=True)
    _close(path, FOLDER)


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file of mode 0600, whole or not at all, in place of any before it. Raises `OSError`.

    It is on the disk when this returns, and so is its name.
    """
    data = content.encode() if isinstance(content, str) else content
    # mkstemp makes it 0600 from the start, whatever the umask.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:200]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlive a power cut. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def opener(path: str, flags: int) -> int:
    """For `open(..., opener=opener)`: a file that is made has mode 0600, as has one that exists."""
    descriptor = os.open(path, flags, FILE)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_mode & OTHERS and found.st_uid == os.geteuid():
        os.fchmod(descriptor, FILE)
    return descriptor


def readable_by_others(path: Path) -> int:
    """The mode of a file of the user's own that others may read or write, else 0.

    0 as well where the mode cannot be changed, as that of a secret that a container is given.
    """
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    mendable = found.st_uid == os.geteuid() and os.access(path, os.W_OK)
    return mode if mode & OTHERS and mendable else 0


def _close(path: Path, mode: int) -> None:
    if readable_by_others(path):
        path.chmod(mode)
