"""A bare app for one screen at a time, which keeps what the screen was dismissed with."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from batchtui.ui.runs import Runs
from batchtui.ui.theme import DARK, FALLBACK

T = TypeVar("T")


class Stage(App[None], Generic[T]):
    """Pushes the screen at once; `result` is what it was dismissed with, once `ended` is set."""

    # On a busy machine seconds pass between two keys: news stay until a test takes them away.
    NOTIFICATION_TIMEOUT = 3600.0

    def __init__(self, screen: Screen[T]) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.runs = Runs(self.run_worker)
        self._first = screen
        self.ended = asyncio.Event()
        self.result: T | None = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def on_mount(self) -> None:
        self.push_screen(self._first, self._keep)

    def _keep(self, result: T | None) -> None:
        self.result = result
        self.ended.set()


async def until(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    """Wait until the condition holds; the screen works meanwhile. Five seconds at most."""
    async with asyncio.timeout(5):
        while not true():
            await pilot.pause()


def words(app: App[Any]) -> str:
    """Every text on the top screen's labels, a line each."""
    return "\n".join(str(label.render()) for label in app.screen.query(Static) if label.display)
