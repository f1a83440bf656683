"""Everything that can be done with what has the focus."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.chords import LEADER, letter_of
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title


class ActionsScreen(Dialog[ActiveBinding | None]):
    """A menu of commands; a command's own key chooses it too. Dismissed with the chosen one."""

    CSS_PATH = "actions.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(f"escape,{LEADER}", "leave", "Close", tooltip="Do nothing", id="actions.leave"),
    ]

    def __init__(self, title: str, actives: Sequence[ActiveBinding], *, left_out: str = "") -> None:
        """`left_out` says why what changes the account is not among the commands."""
        super().__init__()
        self._left_out = left_out
        self._title = title
        self._actives = {letter_of(active.binding.key): active for active in actives}
        self._commands: dict[tuple[object, str], list[str]] = {}
        """The keys of each command; most have one."""
        for key, active in self._actives.items():
            self._commands.setdefault((active.node, active.binding.action), []).append(key)

    def compose(self) -> ComposeResult:
        with Vertical(id="actions") as box:
            set_title(box, self._title)
            set_subtitle(box, "a key or enter does it · escape close")
            yield OptionList(
                *(
                    Option(self._line(keys), disabled=not self._actives[keys[0]].enabled)
                    for keys in self._commands.values()
                ),
                compact=True,
            )
            if self._left_out:
                yield PlainText(self._left_out, id="left-out")

    def _line(self, keys: Sequence[str]) -> Content:
        active = self._actives[keys[0]]
        shown = " ".join(self.app.get_key_display(active.binding.with_key(key)) for key in keys)
        muted = "$text-muted" if active.enabled else ""
        return Content.assemble(
            (f"{shown:<8}", "$primary" if active.enabled else ""),
            f"{active.binding.description:<22}",
            (active.tooltip, muted),
        )

    async def on_key(self, event: events.Key) -> None:
        """A command's key chooses it; the arrows and enter are the list's."""
        active = self._actives.get(event.key) or self._actives.get(event.character or "")
        if active is None:
            moves = {"j": "action_cursor_down", "k": "action_cursor_up"}
            if event.key in moves:
                getattr(self.query_one(OptionList), moves[event.key])()
            return
        if event.key != "enter":
            event.stop()
            if active.enabled:
                self.dismiss(active)

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        keys = tuple(self._commands.values())[message.option_index]
        self.dismiss(self._actives[keys[0]])

    def action_leave(self) -> None:
        self.dismiss(None)
