"""Where folders go that are being removed: their places are free at once, their files go later."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from batchtui.local.nodes import demolish

log = logging.getLogger(__name__)


class Trash:
    """A folder on the same disk as those that are moved into it.

    One folder is deleted at a time, in a thread: those of other work stay free.
    """

    def __init__(
        self, folder: Path, spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    ) -> None:
        """Nothing is made until something is thrown away."""
        self._folder = folder
        self._spawn = spawn
        self._waiting: deque[Path] = deque()
        self._work: asyncio.Task[None] | None = None

    def throw(self, folder: Path) -> None:
        """Move a folder aside at once, and delete it later; nothing there is fine."""
        aside = self.take(folder)
        if aside:
            self.delete(aside)

    def take(self, folder: Path) -> Path | None:
        """Move a folder aside; where it is until `delete`. None if it is not there."""
        name = secrets.token_hex(8)
        # Beside it where a move into this folder is impossible, as to another disk.
        for aside in (self._folder / name, folder.with_name(f".{name}")):
            try:
                if not folder.is_dir():
                    return None
                aside.parent.mkdir(parents=True, exist_ok=True)
                return folder.rename(aside)
            except OSError as error:
                trouble = error
        log.warning("Could not move %s aside: %s", folder, trouble)
        return None

    def delete(self, folder: Path) -> None:
        """Delete a folder when those before it are deleted."""
        self._waiting.append(folder)
        if self._work is None or self._work.done():
            self._work = self._spawn(self._delete_all())

    def empty(self) -> None:
        """Delete what was thrown away before the account ended, however it did."""
        if self._folder.is_dir():
            for folder in self._folder.iterdir():
                self.delete(folder)

    async def _delete_all(self) -> None:
        while self._waiting:
            folder = self._waiting.popleft()
            try:
                await asyncio.to_thread(demolish, folder)
            except OSError as error:
                log.warning("Could not remove all of %s: %s", folder, error)
