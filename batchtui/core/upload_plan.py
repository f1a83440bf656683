"""Which files are uploaded, and under which names."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from batchtui.core.transfer import Piece

LONGEST_BLOB = 1024
"""Characters of a blob's name, the service's limit."""
DEEPEST_BLOB = 254
"""Parts between slashes of a blob's name, the service's limit."""


class UploadError(ValueError):
    """What was picked cannot be uploaded together: a sentence."""


class SkippedFile(Struct, frozen=True):
    """A file that is not uploaded."""

    path: Path
    reason: str
    """To stand after a colon: `it is a named pipe, socket or device`."""


class UploadPlan(Struct, frozen=True):
    """An upload that is ready to begin."""

    pieces: tuple[Piece, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(piece.size for piece in self.pieces)

    @property
    def lines(self) -> tuple[str, ...]:
        """Each file that is skipped, with why."""
        return tuple(f"{file.path}: {file.reason}" for file in self.skipped)


def joined(plans: Iterable[UploadPlan]) -> UploadPlan:
    """All of them as one. Raises `UploadError` for two files that would become one blob."""
    pieces: dict[str, Piece] = {}
    skipped: list[SkippedFile] = []
    for plan in plans:
        skipped += plan.skipped
        for piece in plan.pieces:
            other = pieces.setdefault(piece.blob, piece)
            if other.path.absolute() != piece.path.absolute():
                raise UploadError(
                    f"{other.path} and {piece.path} would both become the blob {piece.blob}. "
                    "Upload them into two containers, or pick the folder above both."
                )
    return UploadPlan(tuple(pieces.values()), tuple(skipped))


def plan_upload(source: Path) -> UploadPlan:
    """The upload of a file or of a whole folder, which keeps its own name and its tree.

    What lies in a folder and cannot or must not be sent is skipped: a link that leads out of the
    folder (pick what it leads to), a link to a folder, a pipe, a socket, a device. Raises `OSError`
    for a source that cannot be looked at, and `UploadError` for one that is no file or folder.
    """
    mode = source.stat().st_mode
    skipped: list[SkippedFile] = []
    if stat.S_ISDIR(mode):
        files = _files_of(source, skipped)
    elif stat.S_ISREG(mode):
        files = iter([source])
    else:
        raise UploadError(f"Could not upload {source}: it is a named pipe, socket or device.")
    pieces = []
    for file in files:
        blob = file.relative_to(source.parent).as_posix()
        reason = wrong_blob(blob)
        if reason:
            skipped.append(SkippedFile(file, reason))
        else:
            pieces.append(Piece(file, blob, file.stat().st_size))
    return UploadPlan(tuple(pieces), tuple(skipped))


def wrong_blob(name: str) -> str:
    """Why a file of this relative name, with slashes, can become no blob; empty if it can."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8, as a blob's has to be"
    if "\\" in name:
        return "its name holds a backslash, which the service stores as a slash"
    if any(ord(each) < 32 or ord(each) in (127, 0xFFFE, 0xFFFF) for each in name):
        return "its name holds a control character, which a blob's cannot"
    if len(name) > LONGEST_BLOB:
        return f"a blob's name cannot be longer than {LONGEST_BLOB} characters"
    if name.count("/") >= DEEPEST_BLOB:
        return f"a blob cannot lie deeper than {DEEPEST_BLOB} folders"
    return ""


def leads_out(path: Path, root: Path) -> bool:
    """Whether the path leads, by a link at any depth, out of the folder, which has none itself."""
    return not Path(os.path.realpath(path)).is_relative_to(root)


def _files_of(folder: Path, skipped: list[SkippedFile]) -> Iterator[Path]:
    """All files below the folder by name, none of them through a linked folder."""
    root = Path(os.path.realpath(folder))

    def refuse(path: Path, reason: str) -> None:
        skipped.append(SkippedFile(path, reason))

    def unreadable(error: OSError) -> None:
        refuse(Path(error.filename), error.strerror or str(error))

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        for name in folders:
            if Path(place, name).is_symlink():
                refuse(Path(place, name), "it is a link to a folder")
        for name in sorted(files):
            path = Path(place, name)
            try:
                mode = path.stat().st_mode
                outside = path.is_symlink() and leads_out(path, root)
            except (OSError, RuntimeError):  # a link that leads nowhere, or to itself
                refuse(path, "it is a link that leads nowhere")
                continue
            if outside:
                refuse(path, "it is a link that leads out of the folder")
            elif not stat.S_ISREG(mode):
                refuse(path, "it is a named pipe, socket or device")
            else:
                yield path
