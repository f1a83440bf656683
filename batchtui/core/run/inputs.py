"""The inputs of a run as they were when it began, so that it can go on with the same ones."""

import asyncio
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from batchtui.core.ledger import Input
from batchtui.core.recipe.inputs import UploadFile
from batchtui.core.run.errors import RunError

PIECE = 16 * 1024 * 1024
"""Bytes that a thread reads at a time: a run that is cancelled does not wait for more."""


async def noted(uploads: Iterable[UploadFile]) -> tuple[Input, ...]:
    """Size, time and MD5 of each file. Raises `RunError` for one that cannot be read."""
    inputs = []
    for file in uploads:
        try:
            size, modified, md5 = await _fingerprint(file.source)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError(f"Could not read the input {file.source}: {reason}.") from error
        source = str(file.source.absolute())
        inputs.append(Input(file.role, file.blob, source, size, modified, md5))
    return tuple(inputs)


async def changes(inputs: Iterable[Input]) -> tuple[str, ...]:
    """A sentence for each file that is no longer what it was."""
    found = []
    for each in inputs:
        try:
            size, _, md5 = await _fingerprint(Path(each.source))
        except OSError as error:
            reason = error.strerror or str(error)
            found.append(f"{each.source} cannot be read any more: {reason}.")
            continue
        if size != each.size:
            found.append(f"{each.source} has changed: {each.size:,} bytes then, {size:,} now.")
        elif md5 != each.md5:
            found.append(f"{each.source} has changed: as large as before, but not the same bytes.")
    return tuple(found)


def files_of(inputs: Iterable[Input]) -> tuple[UploadFile, ...]:
    """The files that a plan uploads."""
    return tuple(UploadFile(i.role, i.blob, Path(i.source), i.size) for i in inputs)


async def _fingerprint(file: Path) -> tuple[int, int, str]:
    """Bytes, nanoseconds since 1970 and the MD5. Raises `OSError`."""
    digest = hashlib.md5(usedforsecurity=False)
    stream = await asyncio.to_thread(file.open, "rb")
    with stream:
        found = os.fstat(stream.fileno())
        size = 0
        while piece := await asyncio.to_thread(stream.read, PIECE):
            await asyncio.to_thread(digest.update, piece)
            size += len(piece)
    return size, found.st_mtime_ns, digest.hexdigest()
