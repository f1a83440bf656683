"""What all panes have in common: a title, how fresh they are, and what is wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from batchtui.core.feed import Reading
from batchtui.core.wording import in_time
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.words import Words

T = TypeVar("T")


class Pane(Vertical):
    """Shows readings; asks, never does.

    `FEEDS` names the feeds that it shows: the reactives of the same names here, on the screen and
    on the program's `Feeds`.
    """

    FEEDS: ClassVar[tuple[str, ...]] = ()
    NUMBER = 0
    """The key that jumps here."""
    NAME = ""

    age: reactive[float | None] = reactive(None, init=False)
    """Seconds since the pane's data was fetched, None before the first time."""
    now: reactive[datetime] = reactive(datetime.fromtimestamp(0, UTC), init=False)
    read_only: reactive[bool] = reactive(False, bindings=True, init=False)
    """Whether nothing may be changed in this account."""
    summary: reactive[str] = reactive("", init=False)
    """How many things the pane shows, in words."""
    about: reactive[str] = reactive("", init=False)
    """The thing that the pane's records belong to; empty where they are the account's."""
    trouble: reactive[str] = reactive("", init=False)
    """Why the data is not fresh, a sentence; empty while it is."""

    def watch_age(self) -> None:
        self._dress()

    def watch_summary(self) -> None:
        self._dress()

    def watch_about(self) -> None:
        self._dress()

    def watch_trouble(self, trouble: str) -> None:
        self.set_class(bool(trouble), "-stale")
        if self.is_mounted:
            self.query_one(".trouble", Words).say(Content(clean(trouble)))
        self._dress()

    def on_mount(self) -> None:
        self.watch_trouble(self.trouble)

    def take(self) -> None:
        """Tell of the trouble that the pane's readings had."""
        readings: list[Reading[Any]] = [getattr(self, name) for name in self.FEEDS]
        self.trouble = next((reading.error for reading in readings if reading.error), "")

    def compose_trouble(self) -> ComposeResult:
        yield Words(classes="trouble")

    def _dress(self) -> None:
        about = f" · {clean(self.about)}" if self.about else ""
        self.border_title = f"{self.NUMBER} {self.NAME}{about}"
        age = "" if self.age is None else _age_in_words(self.age)
        freshness = f"stale, {age} old" if self.trouble and age else age
        if self.trouble and not age:
            freshness = "never reached"
        self.border_subtitle = " · ".join(filter(None, (self.summary, freshness)))


class TablePane(Pane, Generic[T]):
    """A pane that is a table of records."""

    class Highlighted(Message):
        """Another record is highlighted, or the highlighted one changed."""

        def __init__(self, pane: "TablePane[Any]", record: object) -> None:
            self.pane = pane
            self.record = record
            super().__init__()

        @property
        def control(self) -> "TablePane[Any]":
            return self.pane

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.highlighted: T | None = None
        self.table: RecordTable[T] = RecordTable(*self.columns(), key=self.key)

    def columns(self) -> Sequence[Column[T]]:
        raise NotImplementedError

    def key(self, record: T) -> str:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.table
        yield from self.compose_trouble()

    def show(self, records: Sequence[T], *, known: bool, empty: str) -> None:
        """Show these records; `empty` is what to say where there are none."""
        if known:
            self.table.empty = empty
        else:
            self.table.empty = "" if self.trouble else "Looking…"
        self.table.replace(records)
        self.follow()

    def watch_now(self) -> None:
        self.table.refresh_changed()

    @on(RecordTable.Highlighted)
    def follow(self) -> None:
        """Tell the screen of the record under the cursor where it is news."""
        before, self.highlighted = self.highlighted, self.table.highlighted
        if before != self.highlighted:
            self.post_message(self.Highlighted(self, self.highlighted))
        if (before is None) != (self.highlighted is None):
            self.refresh_bindings()

    def may_change(self, *, something: bool = True) -> bool | None:
        """Whether an action that changes the account is on offer: None shows it disabled."""
        if self.read_only or (something and self.highlighted is None):
            return None
        return True


def _age_in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 59.5 else in_time(seconds)
