"""Which blobs are downloaded, and where to."""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from batchtui.core.gateway import Storage
from batchtui.core.models import Blob
from batchtui.core.transfer import Piece

LONGEST_NAME = 255
"""Bytes of one file's or folder's name, on every file system in common use."""
LONGEST_PATH = 4095
"""Bytes of a whole path (PATH_MAX of Linux, less the NUL at its end)."""


class SkippedBlob(Struct, frozen=True):
    """A blob that stays where it is, because no file below the folder can have its name."""

    name: str
    reason: str
    """What is wrong with the name, to stand after a colon: `it leads out of the folder`."""


class DownloadPlan(Struct, frozen=True):
    """A download that is ready to begin."""

    pieces: tuple[Piece, ...] = ()
    skipped: tuple[SkippedBlob, ...] = ()

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(piece.size for piece in self.pieces)

    @property
    def lines(self) -> tuple[str, ...]:
        """Each blob that is skipped, with why."""
        return tuple(f"{blob.name!r}: {blob.reason}" for blob in self.skipped)

    def existing(self) -> tuple[Path, ...]:
        """Files that would be replaced. Looks at the disk."""
        return tuple(piece.path for piece in self.pieces if os.path.lexists(piece.path))


async def matching(storage: Storage, container: str, pattern: str) -> tuple[Blob, ...]:
    """The blobs whose whole name fits the pattern, such as `*.txt`; a `*` takes slashes too."""
    window = await storage.blobs(container)
    return tuple(blob for blob in window.items if fnmatchcase(blob.name, pattern))


def plan_download(
    blobs: Iterable[Blob], folder: Path, *, ignores_case: bool | None = None
) -> DownloadPlan:
    """Each blob at its place below the folder, the tree kept.

    A blob's name is not ours: one that leads out of the folder, that no file can have, or that
    another blob's file or folder has already is skipped. `ignores_case` says whether `A` and `a`
    are one file there; None looks at the disk.
    """
    if ignores_case is None:
        ignores_case = _ignores_case(folder)
    here = len(os.fsencode(folder.absolute()))
    fitting: list[Blob] = []
    skipped: list[SkippedBlob] = []
    for blob in blobs:
        reason = wrong_name(blob.name, LONGEST_PATH - here - 1)
        if reason:
            skipped.append(SkippedBlob(blob.name, reason))
        else:
            fitting.append(blob)
    # The folders come first: skipping the file `x` costs less than skipping all of `x/…`.
    holding: dict[str, str] = {}
    for blob in fitting:
        for above in _folders(blob.name):
            holding.setdefault(_as_on_disk(above, ignores_case), blob.name)
    taken: dict[str, str] = {}
    pieces = []
    for blob in fitting:
        key = _as_on_disk(blob.name, ignores_case)
        if key in holding:
            reason = f"the folder of {holding[key]!r} has its place"
            skipped.append(SkippedBlob(blob.name, reason))
        elif key in taken:
            reason = f"on this disk {taken[key]!r} has the same name"
            skipped.append(SkippedBlob(blob.name, reason))
        else:
            taken[key] = blob.name
            pieces.append(Piece(folder.joinpath(*blob.name.split("/")), blob.name, blob.size))
    return DownloadPlan(tuple(pieces), tuple(skipped))


def file_name(name: str) -> str:
    """What a file is called that holds this blob alone: the last part of its name.

    A blob's name is not ours: where that can be no file's, it is `blob`.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "blob" if wrong_name(last) else last


def wrong_name(name: str, longest: int = LONGEST_PATH) -> str:
    """Why no file below a folder can have this name with its slashes; empty if one can.

    `longest` are the bytes that are left for it beside the folder's own path.
    """
    if not name:
        return "its name is empty"
    try:
        size = len(os.fsencode(name))
    except UnicodeEncodeError:
        return "its name cannot be written on this disk"
    parts = name.split("/")
    if "\0" in name:
        return "its name holds a NUL"
    if not parts[0] or ".." in parts or ".." in name.split("\\"):
        return "its name leads out of the folder"
    if not parts[-1]:
        return "its name ends in a slash, as a folder's does"
    if not all(parts):
        return "its name holds an empty folder, //"
    if "." in parts:
        return "its name holds '.', which is no name of a file or folder"
    part = max(parts, key=lambda each: len(os.fsencode(each)))
    if len(os.fsencode(part)) > LONGEST_NAME:
        return f"{_cut(part)!r} is longer than the {LONGEST_NAME} bytes that a file's name can have"
    if size > longest:
        return f"its path would be longer than {LONGEST_PATH} bytes"
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _folders(name: str) -> Iterator[str]:
    """`a` and `a/b` for `a/b/c`."""
    end = name.find("/")
    while end >= 0:
        yield name[:end]
        end = name.find("/", end + 1)


def _as_on_disk(name: str, ignores_case: bool) -> str:
    """Equal for names that are one file: such disks (APFS) ignore how an é is composed, too."""
    return unicodedata.normalize("NFC", name).casefold() if ignores_case else name


def _ignores_case(folder: Path) -> bool:
    """Whether `A` and `a` are one file below the folder, seen from how its own path is found."""
    for place in (folder.absolute(), *folder.absolute().parents):
        other = place.with_name(place.name.swapcase()) if place.name else place
        if other.name != place.name and place.exists():
            try:
                return other.samefile(place)
            except OSError:
                return False
    return False
