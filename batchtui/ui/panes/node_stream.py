"""A file of a node as it grows: at first what its start task wrote."""

from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.models import Node
from batchtui.core.states import Result
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.widgets.titles import set_title

STDOUT, STDERR = "startup/stdout.txt", "startup/stderr.txt"
STREAMS = (STDOUT, STDERR)


class NodeStreamPane(StreamPane):
    """Says of a file that is not there why that may be."""

    path: var[str] = var(STDOUT, init=False)
    """The file that it shows."""
    machine: var[Reading[Node]] = var(Reading(Node("")), init=False)

    def __init__(self, key: str) -> None:
        super().__init__("stream", key)
        self._key = key
        set_title(self, self._title)

    @property
    def _title(self) -> str:
        return f"{self._key} {self.path}"

    def watch_path(self) -> None:
        set_title(self, self._title)
        self.show_empty()

    def watch_machine(self) -> None:
        self.show_empty()

    def _why_empty(self) -> str:
        if not (self.reading.known or self.reading.error):
            return "Looking for the file ..."
        if not self.reading.known:
            return ""
        start_task = self.machine.value.start_task_info
        missing = self.reading.value.missing
        if self.path not in STREAMS or start_task is not None:
            return missing or "Nothing has been written to this file."
        if self.machine.known:
            return "The pool has no start task, or it has not begun on this node."
        return missing


def telling_stream(node: Node) -> str:
    """The stream of the start task that is worth reading first."""
    ran = node.start_task_info
    return STDERR if ran is not None and ran.result is Result.FAILURE else STDOUT
