"""The command line against the fake account."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from batchtui import paths
from batchtui.cli.main import main
from batchtui.core.run.run import Run
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from batchtui.logs import stop_logging
from tests.core.recipes import GOOD, written
from tests.core.runs import QUICK
from tests.fakes import FakeAccount, Outcome

COMMANDS = ("run", "wait", "clean", "list")


class Terminal:
    """Runs command lines; `account` is what they find behind any profile."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.account = FakeAccount()
        self.account.batch.outcomes["*"] = Outcome(blobs={"a_OUT.txt": b"a: 10\n"})
        self.recipe = written(folder / "recipe")
        self.output = folder / "out"
        self.beside: Callable[[], Coroutine[Any, Any, None]] | None = None
        """Goes on in the loop of the command while it runs."""
        self.label, self.endpoint = "fake", "https://fake"
        self.read_only = False
        self.chosen = False
        """Whether the settings choose an account where no command line does."""
        self.closed: dict[str | None, Exception] = {}
        """Profiles that cannot be opened, and why."""
        self.opened: list[str | None] = []
        self._patch = patch
        self._keyboard: io.TextIOWrapper | None = None
        self._capture = capture
        patch.setattr(paths, "runs_dir", lambda: folder / "runs")
        patch.setattr(paths, "log_dir", lambda: folder / "log")
        for command in COMMANDS:
            patch.setattr(f"batchtui.cli.{command}.open_session", self._open)
            if command in ("clean", "list"):
                patch.setattr(f"batchtui.cli.{command}.is_chosen", self._is_chosen)
            if command != "list":
                patch.setattr(f"batchtui.cli.{command}.Run", partial(Run, pace=QUICK))

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        code = main(words)
        out, err = self._capture.readouterr()
        return code, out, err

    def run(self, *words: str) -> tuple[int, str, str]:
        return self("run", str(self.recipe), "--output", str(self.output), *words)

    def spoil(self, good: str, bad: str) -> None:
        assert good in GOOD
        (self.recipe / "recipe.toml").write_text(GOOD.replace(good, bad))

    def types(self, text: str) -> None:
        """From now on somebody sits at the keyboard, and types this."""
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        self._keyboard = io.TextIOWrapper(io.FileIO(reading), line_buffering=True)
        self._patch.setattr(sys, "stdin", self._keyboard)
        for command in ("run", "wait", "clean"):
            self._patch.setattr(f"batchtui.cli.{command}.at_a_terminal", lambda: True)

    def close(self) -> None:
        stop_logging()
        if self._keyboard is not None:
            self._keyboard.close()

    def _is_chosen(self, name: str | None) -> bool:
        return self.chosen or name is not None

    @asynccontextmanager
    async def _open(
        self, name: str | None, *, progress: Callable[[str], None]
    ) -> AsyncIterator[Session]:
        self.opened.append(name)
        if name in self.closed:
            raise self.closed[name]
        progress(f"Opening profile {name}.")
        beside = asyncio.create_task(self.beside()) if self.beside else None
        gateway, label, endpoint = self.account.gateway, self.label, self.endpoint
        guard = "the profile is read-only" if self.read_only else ""
        yield Session(gateway, Traffic(), label, endpoint, True, self.read_only, guard=guard)
        if beside is not None:
            await beside
