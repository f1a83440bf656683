"""What the focused pane is, and every key that works in it."""

import inspect
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll

from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.keylines import KeyLines, Line
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title

SCROLLING = ("scroll_", "page_left", "page_right")
"""Commands that Textual gives whatever scrolls, and that do nothing here."""


class HelpScreen(Dialog[None]):
    """Derived from the bindings that were active when it was opened."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Close", tooltip="Close the help"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, text: str, bindings: Sequence[ActiveBinding]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._actives = bindings

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            set_title(box, f"Help · {self._title}")
            set_subtitle(box, "escape close")
            yield PlainText(_reflowed(self._text), id="text")
            yield KeyLines(self._lines(), id="keys")

    def action_scroll(self, lines: int) -> None:
        self.query_one("#help").scroll_relative(y=lines, animate=False)

    def _lines(self) -> list[Line]:
        """A line per command."""
        commands: dict[str, list[ActiveBinding]] = {}
        for active in sorted(self._actives, key=lambda active: not active.tooltip):
            sideways = active.binding.action.startswith(SCROLLING)
            if active.binding.description and not active.binding.system and not sideways:
                commands.setdefault(active.binding.action, []).append(active)
        lines = []
        for actives in commands.values():
            first = actives[0]
            keys = " ".join(self.app.get_key_display(active.binding) for active in actives)
            lines.append(Line(keys, first.binding.description, first.tooltip, first.enabled))
        return lines


def _reflowed(text: str) -> str:
    """The paragraphs, each on one line, so that they wrap where the screen wants; no headings."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in paragraphs if not part.startswith("#"))
