"""The files that a recipe uploads, found on this machine."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from msgspec import Struct

from batchtui.core.plain import visible
from batchtui.core.recipe.model import Upload
from batchtui.core.upload_plan import leads_out, wrong_blob

MAGIC = re.compile(r"[*?\[]")
EVERY = "**"
"""A part of a glob that stands for any number of folders."""


class UploadFile(Struct, frozen=True):
    """A file of this machine and the blob that it becomes."""

    role: str
    """The container's role."""
    blob: str
    source: Path
    size: int
    """Bytes."""

    def placeholders(self, index: int) -> dict[str, str]:
        """What a task made for this file knows of it; its URL is a secret and comes later."""
        name = PurePosixPath(self.blob)
        return {
            "input.name": name.name,
            "input.stem": name.stem,
            "input.blob": self.blob,
            "input.index": str(index),
        }


def matching(
    upload: Upload, folder: Path, *, allow_outside: bool = False
) -> tuple[dict[str, list[UploadFile]], list[str]]:
    """The files of each glob, by name, and what is wrong with the globs and the files.

    A blob is named by its path below the part of the glob that is fixed: `texts/**/*.txt` makes
    `texts/old/a.txt` the blob `old/a.txt`. What a link leads to outside of the folder is a fault,
    unless `allow_outside`.
    """
    globs = (upload.files,) if isinstance(upload.files, str) else upload.files
    found: dict[str, list[UploadFile]] = {}
    wrong: list[str] = []
    root = None if allow_outside else Path(os.path.realpath(folder))
    for glob in globs:
        reason = wrong_glob(glob)
        if reason:
            wrong.append(f"{glob!r} {reason}")
            continue
        parts = PurePosixPath(glob).parts
        fixed = next((i for i, part in enumerate(parts) if MAGIC.search(part)), len(parts) - 1)
        base = folder.joinpath(*parts[:fixed])
        files: list[UploadFile] = []
        unfit: list[str] = []
        for path in _Search(wrong).paths(base, parts[fixed:]):
            blob = path.relative_to(base).as_posix()
            reason = _unfit(path, blob, root)
            if reason:
                unfit.append(f"{visible(str(path))}: {reason}")
            else:
                files.append(UploadFile(upload.to, blob, path, path.stat().st_size))
        wrong += unfit
        if not (files or unfit):
            wrong.append(f"{glob!r} matches no file below {folder}")
        found[glob] = sorted(files, key=lambda file: file.source)
    return found, wrong


def wrong_glob(glob: str) -> str:
    """Why this is no glob for uploads; empty if it is one."""
    path = PurePosixPath(glob)
    if "\0" in glob:
        return "holds a NUL"
    if not path.parts or path.is_absolute() or ".." in path.parts:
        return "must stay below the recipe's folder"
    if any(EVERY in part and part != EVERY for part in path.parts):
        return "is not a glob: ** stands between slashes, for any number of folders"
    return ""


def _unfit(path: Path, blob: str, root: Path | None) -> str:
    """Why that file cannot be uploaded; empty if it can. It may lie anywhere without a `root`."""
    if root is not None and leads_out(path, root):
        return (
            f"a link leads out of the recipe's folder, to {path.resolve()}; "
            "`batchtui run --allow-outside` uploads it all the same"
        )
    if not os.access(path, os.R_OK):
        return "may not be read; check its permissions"
    return wrong_blob(blob)


class _Search:
    """Finds what a glob matches; folders that cannot be read are added to `wrong`.

    As a shell does it: `*` matches no name that begins with a dot, `**` follows no links. Pipes,
    sockets and devices are no files.
    """

    def __init__(self, wrong: list[str]) -> None:
        self._wrong = wrong

    def paths(self, place: Path, parts: Sequence[str]) -> Iterator[Path]:
        """Each file once."""
        return iter(dict.fromkeys(self._below(place, tuple(parts))))

    def _below(self, place: Path, parts: tuple[str, ...]) -> Iterator[Path]:
        if not parts:
            if _is_file(place):
                yield place
            return
        head, rest = parts[0], parts[1:]
        if head == EVERY:
            yield from self._below(place, rest) if rest else self._files(place)
            for name in self._names(place):
                child = place / name
                if not name.startswith(".") and not child.is_symlink() and child.is_dir():
                    yield from self._below(child, parts)
        elif MAGIC.search(head):
            for name in self._names(place):
                hidden = name.startswith(".") and not head.startswith(".")
                if fnmatchcase(name, head) and not hidden:
                    yield from self._below(place / name, rest)
        else:
            yield from self._below(place / head, rest)

    def _files(self, place: Path) -> Iterator[Path]:
        for name in self._names(place):
            if not name.startswith(".") and _is_file(place / name):
                yield place / name

    def _names(self, place: Path) -> list[str]:
        try:
            return sorted(os.listdir(place))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self._wrong.append(f"{place} could not be searched: {error.strerror or error}")
            return []


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:  # it is not there, or a link that leads nowhere
        return False
