"""The dashboard as a program of its own, over the fake account."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from batchtui.cli import dashboard
from batchtui.cli.main import main
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from tests.fakes import FakeAccount


@asynccontextmanager
async def opened(
    play: Play | None,
    profile: str | None,
    progress: Callable[[str], None],
    *,
    faults: FaultOptions | None = None,
    read_only: bool = False,
) -> AsyncIterator[Session]:
    """The fake account, with a child that lives as long as it is open."""
    child = await asyncio.create_subprocess_exec("sleep", "600")
    try:
        yield Session(FakeAccount().gateway, Traffic(), "contoso", "https://fake", True, read_only)
    finally:
        child.terminate()
        await child.wait()


def run() -> int:
    dashboard.opened = opened  # what stands behind the profile is not looked at
    if broken := os.environ.get("BREAK"):
        breaking(broken)
    return main(["--profile", "local"])


def breaking(what: str) -> None:
    """Have something in the program raise."""

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError(f"broken on purpose: {what}")

    match what:
        case "tick":
            from batchtui.ui.screens.dashboard import DashboardScreen

            DashboardScreen.tick = fails  # type: ignore[method-assign]
        case "worker":
            from batchtui.ui.app import BatchApp

            BatchApp._live = fails  # type: ignore[assignment,method-assign]
        case "mount":
            from batchtui.ui.screens.dashboard import DashboardScreen

            DashboardScreen.on_mount = fails  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(run())
