"""What lies in the middle of the screen until it is answered or left."""

from typing import Generic, TypeVar

from rich.console import RenderableType
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.visual import Visual

from batchtui.ui.widgets.dimmed import Dimmed

T = TypeVar("T")


class Dialog(ModalScreen[T], Generic[T]):
    """What it lies on goes on behind it, dimmed."""

    def render(self) -> RenderableType | Visual:  # type: ignore[override]
        behind = super().render()
        return Dimmed(behind) if isinstance(behind, BackgroundScreen) else behind
