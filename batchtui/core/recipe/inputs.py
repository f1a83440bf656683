"""The files that a recipe uploads, found on this machine."""

import re
from pathlib import Path, PurePosixPath

from msgspec import Struct

from batchtui.core.recipe.model import Upload

MAGIC = re.compile(r"[*?\[]")


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


def matching(upload: Upload, folder: Path) -> tuple[dict[str, list[UploadFile]], list[str]]:
    """The files of each glob, by name, and what is wrong with the globs.

    A blob is named by its path below the part of the glob that is fixed: `texts/**/*.txt` makes
    `texts/old/a.txt` the blob `old/a.txt`.
    """
    globs = (upload.files,) if isinstance(upload.files, str) else upload.files
    found: dict[str, list[UploadFile]] = {}
    wrong = []
    for glob in globs:
        parts = PurePosixPath(glob).parts
        if not parts or PurePosixPath(glob).is_absolute() or ".." in parts:
            wrong.append(f"{glob!r} must stay below the recipe's folder")
            continue
        fixed = next((i for i, part in enumerate(parts) if MAGIC.search(part)), len(parts) - 1)
        base = folder.joinpath(*parts[:fixed])
        files = sorted(path for path in base.glob("/".join(parts[fixed:])) if path.is_file())
        if not files:
            wrong.append(f"{glob!r} matches no file below {folder}")
        found[glob] = [
            UploadFile(upload.to, path.relative_to(base).as_posix(), path, path.stat().st_size)
            for path in files
        ]
    return found, wrong
