"""The last lines of the program's own log."""

from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.widgets.titles import set_title


class LogStreamPane(StreamPane):
    """What batchtui noted down, for whoever wants to know why something went wrong."""

    def __init__(self, key: str) -> None:
        super().__init__("log", key)
        set_title(self, f"{key} Log")

    def _why_empty(self) -> str:
        return "batchtui has noted nothing down."
