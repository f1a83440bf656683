"""One of the streams of a task."""

from textual import getters, on
from textual.app import ComposeResult
from textual.reactive import var
from textual.widgets import Label

from batchtui.core.feed import Reading
from batchtui.core.models import Task
from batchtui.core.states import TaskState
from batchtui.core.tail import Excerpt
from batchtui.core.waiting import FREE_SLOT, PREPARING, Reason
from batchtui.core.wording import in_bytes
from batchtui.ui.widgets.framed import Framed
from batchtui.ui.widgets.plain_text import PlainLabel
from batchtui.ui.widgets.searchline import SearchLine
from batchtui.ui.widgets.textview import TextView
from batchtui.ui.widgets.titles import set_subtitle, set_title

NOTHING = {
    TaskState.ACTIVE: FREE_SLOT.sentence,
    TaskState.PREPARING: PREPARING.sentence,
    TaskState.RUNNING: "The task is running and has written nothing to {stream} yet.",
    TaskState.COMPLETED: "The task wrote nothing to {stream}.",
    TaskState.UNKNOWN: "Nothing of {stream} has been seen yet.",
}
"""What is said of an empty stream."""
GONE = "The task no longer exists, nor do its files."


class StreamPane(Framed):
    """A stream with how much of it is shown, and why it is not shown when it is not."""

    DEFAULT_CSS = """
    StreamPane {
        padding: 0;
        .stream--error { display: none; width: 1fr; padding: 0 1; color: $text-warning; }
        &.-stale .stream--error { display: block; }
    }
    """

    reading: var[Reading[Excerpt]] = var(Reading(Excerpt()))
    subject: var[Reading[Task]] = var(Reading(Task("")))
    reason: var[Reading[Reason | None]] = var(Reading(None))
    """Why the task waits."""

    view = getters.query_one(TextView)

    def __init__(self, stream: str, key: str) -> None:
        """`key` is pressed to come here; the title says so."""
        super().__init__(id=stream)
        self.stream = stream
        set_title(self, f"{key} {stream}")

    def compose(self) -> ComposeResult:
        yield PlainLabel(classes="stream--error")
        yield TextView()

    def on_mount(self) -> None:
        for name in ("sought", "following", "found", "progress", "remark"):
            self.watch(self.view, name, self.describe)
        self.show_empty()

    @on(TextView.SearchWanted)
    def ask(self, message: TextView.SearchWanted) -> None:
        """Have the user type what to look for, which is found while it is typed."""
        message.stop()
        if not self.query(SearchLine):
            self.mount(SearchLine(self.view.sought))

    @on(SearchLine.Changed)
    def search(self, message: SearchLine.Changed) -> None:
        self.view.sought = message.text

    @on(SearchLine.Left)
    def leave_search(self, message: SearchLine.Left) -> None:
        """Go to the text; on to the rest of the file where this part has nothing of it."""
        message.stop()
        self.view.focus()
        self.query(SearchLine).remove()
        if self.view.sought and self.view.partial and not self.view.found[1]:
            self.view.action_seek(1)

    def watch_reading(self, reading: Reading[Excerpt]) -> None:
        if self.is_mounted:
            self._say_trouble()
            self.view.excerpt = reading.value
            self.show_empty()
            self.describe()

    def _say_trouble(self) -> None:
        trouble = GONE if self.subject.missing else self.reading.error
        self.set_class(bool(trouble), "-stale")
        self.query_one(".stream--error", Label).update(trouble)

    def watch_subject(self) -> None:
        self.show_empty()
        if self.is_mounted:
            self._say_trouble()
        if self.is_mounted:
            self.describe()

    def watch_reason(self) -> None:
        self.show_empty()

    def show_empty(self) -> None:
        """Say why there is nothing to read."""
        if self.is_mounted:
            self.view.empty = self._why_empty()

    def _why_empty(self) -> str:
        if self.subject.missing:
            return GONE
        if not self.reading.known:
            # An error is said above; whether the file holds anything is not known.
            return "" if self.reading.error else "Looking for the file…"
        task, missing = self.subject.value, self.reading.value.missing
        if missing and task.state is TaskState.COMPLETED:
            return f"{missing}. Its node may be gone, and its files with it."
        if task.waits and self.reason.value is not None:
            return self.reason.value.sentence
        return NOTHING[task.state.familiar].format(stream=self.stream)

    def describe(self) -> None:
        """Say on the border how much there is and where one is in it."""
        excerpt, view = self.reading.value, self.view
        if view.progress:
            set_subtitle(self, view.progress)
            return
        parts = [view.findings] if view.sought else []
        if view.sought and view.partial and not view.found[1] and self.query(SearchLine):
            parts.append("enter looks through all of the file")
        elif self.reading.known:
            parts.append(extent(excerpt))
        if self.reading.error or self.subject.missing:
            parts.append("as it was last seen")
        elif not view.following and not excerpt.left:
            parts.append("scrolled up, G follows the end")
        elif excerpt.size and self.subject.value.state is TaskState.RUNNING:
            parts.append("following")
        set_subtitle(self, " · ".join(parts))


def extent(excerpt: Excerpt) -> str:
    """How much of the file is shown, and where that is: `the last 262.1 KB of 1.4 MB`."""
    whole = in_bytes(excerpt.size)
    shown = in_bytes(excerpt.size - excerpt.start - excerpt.left)
    match excerpt.start, excerpt.left:
        case 0, 0:
            return whole
        case 0, _:
            return f"the first {shown} of {whole}"
        case _, 0:
            return f"the last {shown} of {whole}"
    return f"{shown} at {excerpt.start / excerpt.size:.0%} of {whole}"
