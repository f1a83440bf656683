"""The orders to many things of this session, and its transfers."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList

from batchtui.ui.runs import Errand, Runs
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import Tone, content


class BulksScreen(Dialog[Errand | None]):
    """Asks which one to look at, the newest first. Dismissed with it."""

    CSS_PATH = "bulks.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Back to where you came from", id="bulks.leave"),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(self, errands: Sequence[Errand], runs: Runs) -> None:
        super().__init__()
        self._errands = errands
        self._runs = runs

    def compose(self) -> ComposeResult:
        with Vertical(id="bulks") as box:
            set_title(box, "Orders and transfers")
            set_subtitle(box, "enter look · escape back")
            yield OptionList(*map(_told, self._errands), compact=True)

    def on_mount(self) -> None:
        self._stop_listening = self._runs.subscribe(self.draw)

    def on_unmount(self) -> None:
        self._stop_listening()

    def draw(self) -> None:
        """Say how far each is by now."""
        offers = self.query_one(OptionList)
        for index, run in enumerate(self._errands):
            offers.replace_option_prompt_at_index(index, _told(run))

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._errands[message.option_index])

    def action_move(self, way: str) -> None:
        offers = self.query_one(OptionList)
        if way == "down":
            offers.action_cursor_down()
        else:
            offers.action_cursor_up()

    def action_leave(self) -> None:
        self.dismiss(None)


def _told(run: Errand) -> Content:
    if run.running:
        sign = ("▶", Tone.ACTIVE)
    elif run.faulty:
        sign = ("✗", Tone.BAD)
    else:
        sign = ("✓", Tone.GOOD) if run.done else ("‖", Tone.WARNING)
    said = f"under way, {run.outcome}" if run.running else run.outcome
    return content((sign, (f" {run.title}  ", Tone.STRONG), (said, Tone.MUTED)))
