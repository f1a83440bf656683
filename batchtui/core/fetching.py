"""Which blobs are downloaded, and where to."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from msgspec import Struct

from batchtui.core.gateway import Storage
from batchtui.core.models import Blob
from batchtui.core.transfer import Piece

AT_MOST = 1_000_000
"""Blobs of a container that are looked at."""


class Fetch(Struct, frozen=True):
    """A download that is ready to begin."""

    pieces: tuple[Piece, ...]
    refused: tuple[str, ...]
    """Blobs whose names lead out of the folder, which are left where they are."""

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(piece.size for piece in self.pieces)

    def there_already(self) -> tuple[Path, ...]:
        """Files that would be replaced. Looks at the disk."""
        return tuple(piece.path for piece in self.pieces if piece.path.exists())


async def matching(storage: Storage, container: str, pattern: str) -> tuple[Blob, ...]:
    """The blobs whose whole name fits the pattern, such as `*.txt`; a `*` takes slashes too."""
    window = await storage.blobs(container, at_most=AT_MOST)
    return tuple(blob for blob in window.items if fnmatchcase(blob.name, pattern))


def fetch(blobs: Iterable[Blob], folder: Path) -> Fetch:
    """Each blob at its place below the folder, the tree kept.

    A blob's name is not ours: one that would lead out of the folder is refused.
    """
    pieces, refused = [], []
    for blob in blobs:
        path = PurePosixPath(blob.name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or not path.parts:
            refused.append(blob.name)
        else:
            pieces.append(Piece(folder.joinpath(*path.parts), blob.name, blob.size))
    return Fetch(tuple(pieces), tuple(refused))
