"""Choose the columns of a table."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.titles import set_subtitle, set_title


class ColumnsScreen(Dialog[tuple[str, ...] | None]):
    """Dismissed with the names of the columns to show, or None to leave them as they are."""

    CSS_PATH = "columns.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,C,q", "dismiss", "Cancel", tooltip="Leave the columns as they are"),
        Binding("enter", "keep", "Keep", priority=True, tooltip="Show the chosen columns"),
        Binding("space", "choose", "Choose", priority=True, tooltip="Show this column, or not"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(
        self,
        pane: str,
        columns: Sequence[Column[Any]],
        shown: Sequence[str],
        fitting: Collection[str],
    ) -> None:
        """`fitting` names the columns that there is room for now."""
        super().__init__()
        self._pane = pane
        self._columns = columns
        self.chosen = set(shown)
        self._unfit = self.chosen - set(fitting)

    def compose(self) -> ComposeResult:
        names = OptionList(*(Option(self._words(one), id=one.name) for one in self._columns),
                           id="columns")  # fmt: skip
        set_title(names, f"Columns · {self._pane}")
        set_subtitle(names, "space chooses · enter keeps")
        yield names

    def action_move(self, step: int) -> None:
        names = self.query_one(OptionList)
        if step > 0:
            names.action_cursor_down()
        else:
            names.action_cursor_up()

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        """Choose the highlighted column, or no longer; a table has at least one."""
        names = self.query_one(OptionList)
        if names.highlighted is None:
            return
        column = self._columns[names.highlighted]
        if self.chosen != {column.name}:
            self.chosen ^= {column.name}
            names.replace_option_prompt(column.name, self._words(column))

    def action_keep(self) -> None:
        self.dismiss(tuple(one.name for one in self._columns if one.name in self.chosen))

    def _words(self, column: Column[Any]) -> Content:
        """The name, with a tick that needs no colour, and the heading where it is another word.

        One that is chosen and does not fit says so; fewer columns, or `z`, make room for it.
        """
        tick = ("✓ ", "$success") if column.name in self.chosen else ("· ", "$text-muted")
        other = column.title.casefold() not in ("", column.name)
        heading = f" · {column.title}" if other else ""
        unfit = column.name in self._unfit & self.chosen
        room = (" · no room for it now", "$text-warning") if unfit else ""
        return Content.assemble(tick, column.name, (heading, "$text-muted"), room)
