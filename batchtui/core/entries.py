"""Files and folders as one tree, whichever of the two their listing tells of."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.models import Blob, NodeFile


class Entry(Struct, frozen=True):
    """A file, or a folder with all that lies in it; `path` has slashes, none at its end."""

    path: str
    size: int = 0
    """Bytes."""
    modified: datetime | None = None
    """Of a folder that of the newest file in it."""
    folder: bool = False
    files: int = 1
    """In a folder, at all depths."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def depth(self) -> int:
        """Folders above it."""
        return self.path.count("/")


def of_files(files: Iterable[NodeFile]) -> tuple[Entry, ...]:
    return tuple(
        Entry(file.name.rstrip("/"), folder=True, files=0)
        if file.is_directory
        else Entry(
            file.name,
            file.properties.content_length if file.properties else 0,
            file.properties.last_modified if file.properties else None,
        )
        for file in files
    )


def of_blobs(blobs: Iterable[Blob]) -> tuple[Entry, ...]:
    return tuple(Entry(blob.name, blob.size, blob.last_modified) for blob in blobs)


def tree(entries: Iterable[Entry], unfolded: frozenset[str] | None) -> tuple[Entry, ...]:
    """What a tree shows, from the top: each folder before what is in it, folders before files.

    A folder that the listing does not name, as those of blobs, is made up. Only what lies in
    `unfolded` folders is told; None stands for all of them.
    """
    folders: dict[str, Entry] = {}
    held: dict[str, dict[tuple[str, bool], Entry]] = {"": {}}
    # A container may hold the blobs `a` and `a/b`: a file and a folder of one path.

    def add(entry: Entry) -> None:
        above = entry.path.rpartition("/")[0]
        if above and above not in folders:
            add(Entry(above, folder=True, files=0))
        held.setdefault(above, {})[entry.path, entry.folder] = entry
        if entry.folder:
            folders.setdefault(entry.path, entry)

    files = []
    for entry in entries:
        if not (entry.folder and entry.path in folders):
            add(entry)
        if not entry.folder:
            files.append(entry)
    for file in files:
        above = file.path.rpartition("/")[0]
        while above:
            folders[above] = _with(folders[above], file)
            above = above.rpartition("/")[0]

    def walk(folder: str) -> Iterable[Entry]:
        inside = held.get(folder, {}).values()
        for entry in sorted(inside, key=lambda each: (not each.folder, each.path)):
            yield folders[entry.path] if entry.folder else entry
            if entry.folder and (unfolded is None or entry.path in unfolded):
                yield from walk(entry.path)

    return tuple(walk(""))


def _with(folder: Entry, file: Entry) -> Entry:
    times = [time for time in (folder.modified, file.modified) if time is not None]
    return replace(
        folder,
        size=folder.size + file.size,
        files=folder.files + 1,
        modified=max(times, default=None),
    )
