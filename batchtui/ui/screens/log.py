"""What went over the wire, and what the program noted down."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from batchtui.core.feed import Reading
from batchtui.core.tail import Excerpt
from batchtui.core.traffic import Traffic
from batchtui.logs import recent_lines
from batchtui.ui.panes.log_stream import LogStreamPane
from batchtui.ui.panes.sent import SentPane
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.keybar import KeyBar


class LogScreen(Screen[None], Contained):
    """Looks once a second at what is in memory; asks the service nothing."""

    CSS_PATH = "log.tcss"
    AUTO_FOCUS = "SentPane RecordTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q,f2", "leave", "Back", tooltip="Back to where you came from",
                id="log.leave"),
        Binding("1", "go('sent')", "Requests", show=False, tooltip="Go to the requests",
                id="go.sent"),
        Binding("2", "go('log')", "Log", show=False, tooltip="Go to the log",
                id="go.log"),
        Binding("tab,shift+tab", "go_on", "Next pane", show=False, tooltip="Go to the other pane",
                id="pane.other"),
        Binding("w", "wrap", "Wrap", show=False, tooltip="Wrap long lines, or not", id="log.wrap"),
    ]  # fmt: skip

    def __init__(self, traffic: Traffic) -> None:
        super().__init__()
        self._traffic = traffic

    def compose(self) -> ComposeResult:
        yield SentPane(id="sent")
        yield LogStreamPane("2")
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_interval(1.0, self.look)
        self.look()

    def look(self) -> None:
        """Show what there is by now."""
        pane = self.query_one(SentPane)
        pane.clock = self._traffic.clock()
        pane.requests = tuple(self._traffic.recent)
        text = "\n".join(recent_lines())
        self.query_one(LogStreamPane).reading = Reading(
            Excerpt(text, size=len(text.encode())), known=True
        )

    def action_leave(self) -> None:
        self.dismiss()

    def action_wrap(self) -> None:
        view = self.query_one(LogStreamPane).view
        view.wrap = not view.wrap

    def action_go(self, place: str) -> None:
        self.set_focus(self.query(f"#{place} RecordTable, #{place} ExcerptView").first())

    def action_go_on(self) -> None:
        in_log = self.focused is self.query_one(LogStreamPane).view
        self.action_go("sent" if in_log else "log")
