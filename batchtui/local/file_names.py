"""Names of files on disk, which may be any bytes, as JSON and URLs can carry them."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes

_ODD = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as Python decodes it in a file's name."""


def shown(name: str) -> str:
    """A name as clients see it: each byte that is not UTF-8 stands as `%FF`."""
    return _ODD.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", name)


def shown_names(names: Iterable[str]) -> list[tuple[str, str]]:
    """The names of one folder as clients see them, no two alike, each with its name on disk.

    They are sorted by what clients see.
    """
    names = list(names)
    odd = [name for name in names if _ODD.search(name)]
    found = {name: name for name in names if not _ODD.search(name)}
    for name in odd:
        seen = shown(name)
        while seen in found:
            seen = seen.replace("%", "%25")
        found[seen] = name
    return sorted(found.items())


def on_disk(folder: Path, seen: str) -> str:
    """The name on disk of what is shown by this name in a folder, whether it is there or not."""
    name = seen
    while "%" in name and not os.path.lexists(folder / seen):
        name, before = os.fsdecode(unquote_to_bytes(name)), name
        if name == before or "/" in name or "\0" in name:
            break
        if _ODD.search(name):
            return name
    return seen
