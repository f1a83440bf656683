"""What lies in the middle of the screen until it is answered or left."""

from typing import Generic, TypeVar

from rich.console import RenderableType
from textual.await_complete import AwaitComplete
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.visual import Visual

from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.dimmed import Dimmed

T = TypeVar("T")


class Dialog(ModalScreen[T], Contained, Generic[T]):
    """What it lies on goes on behind it, dimmed."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close it, if it still is there: keys may come faster than it goes.

        Textual takes whatever screen is on top away, were it the dashboard.
        """
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def render(self) -> RenderableType | Visual:  # type: ignore[override]
        behind = super().render()
        return Dimmed(behind) if isinstance(behind, BackgroundScreen) else behind
