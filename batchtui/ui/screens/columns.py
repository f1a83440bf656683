"""Choose the columns of a table."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import SelectionList
from textual.widgets.selection_list import Selection

from batchtui.ui.widgets.columns import Column


class ColumnsScreen(ModalScreen[tuple[str, ...] | None]):
    """Dismissed with the names of the columns to show, or None to leave them as they are."""

    CSS_PATH = "columns.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,C", "dismiss", "Cancel", tooltip="Leave the columns as they are"),
        Binding("enter", "keep", "Keep", priority=True, tooltip="Show the chosen columns"),
        Binding("j", "list.cursor_down", show=False),
        Binding("k", "list.cursor_up", show=False),
    ]

    def __init__(self, pane: str, columns: Sequence[Column[Any]], shown: Sequence[str]) -> None:
        super().__init__()
        self._pane = pane
        self._list: SelectionList[str] = SelectionList(
            *(Selection(_words(column), column.name, column.name in shown) for column in columns),
            id="columns",
        )

    def compose(self) -> ComposeResult:
        self._list.border_title = f"Columns · {self._pane}"
        self._list.border_subtitle = "space chooses · enter keeps"
        yield self._list

    def action_keep(self) -> None:
        chosen = self._list.selected
        self.dismiss(tuple(chosen) or None)


def _words(column: Column[Any]) -> Content:
    heading = f"  {column.title}" if column.title.casefold() not in ("", column.name) else ""
    return Content.assemble(column.name, (heading, "$text-muted"))
