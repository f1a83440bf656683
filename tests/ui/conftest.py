"""The dashboard over the fake account, with a clock that stands still."""

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from batchtui.core import feed
from batchtui.core.ledger import Ledger
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from batchtui.ui import runs
from batchtui.ui.app import BatchApp
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.widgets import contained
from tests.fakes import FakeAccount

# What a key does shows at once, so that no test has to wait for a cursor to rest.
TablePane.REST = 0.0

ENDPOINT = "https://contoso.westeurope.batch.azure.com"
PATIENCE = 10.0
"""Seconds after which what a test waits for is not going to come."""


class TestedApp(BatchApp):
    """Polls once at the start and then only when it is told to; its clock is the fake's."""

    __test__ = False
    EVERY = 3600.0
    # A pilot answers and goes on faster than anybody types.
    WORD = 0.0
    # On a busy machine seconds pass between two keys: news stay until a test takes them away.
    SEEN = float("inf")
    NOTIFICATION_TIMEOUT = 3600.0

    def __init__(self, account: FakeAccount, **wanted: Any) -> None:
        """Beside what every `BatchApp` takes: `read_only`, `local`, and the `clock` of ages."""
        self.account = account
        self.read_only = wanted.pop("read_only", False)
        self.local = wanted.pop("local", False)
        self.opened: list[str | None] = []
        self.closed = False
        self.traffic = Traffic(clock=wanted.pop("clock", time.monotonic))
        super().__init__(self._session, **({"profile": "work"} | wanted))

    def ledger(self) -> Ledger:
        return Ledger(Path(tempfile.gettempdir()) / f"batchtui-tests-{os.getpid()}")

    def choices_file(self) -> Path:
        # Unlike any other test's, which would be found here again.
        return Path(tempfile.gettempdir()) / f"batchtui-tests-{os.getpid()}" / f"{uuid4()}.toml"

    def now(self) -> datetime:
        return self.account.batch.world.now

    @property
    def panes(self) -> DashboardScreen:
        """The dashboard, which must be open."""
        assert self.dashboard is not None
        return self.dashboard

    def _session(
        self, profile: str | None, tell: Callable[[str], None]
    ) -> AbstractAsyncContextManager[Session]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[Session]:
            tell(f"Opening {profile}")
            self.opened.append(profile)
            try:
                yield Session(
                    self.account.gateway,
                    self.traffic,
                    "contoso",
                    ENDPOINT,
                    self.local,
                    self.read_only,
                    guard="batchtui was started with --read-only" if self.read_only else "",
                )
            finally:
                self.closed = True

        return opened()


class Faults(logging.Handler):
    """What widgets caught of their own, which no test may overlook."""

    LOGGERS = (contained.__name__, feed.__name__, runs.__name__)

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info and record.exc_info[1]
        self.texts.append(f"{record.getMessage()} {error!r}")


@pytest.fixture(autouse=True)
def faults() -> Iterator[Faults]:
    """Fails the test in which a widget caught a bug, unless the test clears `texts`."""
    caught = Faults()
    for name in Faults.LOGGERS:
        logging.getLogger(name).addHandler(caught)
    yield caught
    for name in Faults.LOGGERS:
        logging.getLogger(name).removeHandler(caught)
    assert not caught.texts


@pytest.fixture
def account() -> FakeAccount:
    """An account whose world moves only when a test says so."""
    account = FakeAccount()
    account.batch.by_itself = False
    return account


@pytest.fixture
def app(account: FakeAccount) -> TestedApp:
    return TestedApp(account)


async def until(condition: Callable[[], object], *, what: str = "") -> None:
    """Let the app work until the condition holds; fails when it does not within `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"did not come about: {what or condition}")
        await asyncio.sleep(0.005)


async def settled(pilot: Pilot[Any], app: TestedApp) -> None:
    """Have every feed of the dashboard fetched afresh, and all that follows drawn."""
    await until(lambda: app.dashboard is not None and app.dashboard.is_mounted, what="dashboard")
    for _ in range(2):
        # Twice: what the first round highlights decides what the second round looks at.
        for name in app.panes.SHOWN:
            if name != "tasks":
                app.panes.feeds[name].sweep()
        await asyncio.gather(*(app.panes.feeds[name].poll() for name in app.panes.SHOWN))
        await pilot.pause()
    app.panes.tick()
    await pilot.pause()


def text_of(widget: Widget) -> str:
    """What a widget shows, line by line, without its border."""
    lines = [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]
    return "\n".join(lines)
