"""One order to many things, while it goes on."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerCancelled

from batchtui.core.bulk import Bulk, Fate, Item
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import Cell, Spans, Tone, content, joined

SIGNS = {
    Fate.WAITING: ("·", Tone.MUTED),
    Fate.UNDER_WAY: ("▶", Tone.ACTIVE),
    Fate.DONE: ("✓", Tone.GOOD),
    Fate.FAILED: ("✗", Tone.BAD),
}


class BulkScreen(ModalScreen[bool]):
    """Shows what becomes of each thing. Dismissed with whether all of it was done."""

    CSS_PATH = "bulk.tcss"
    AUTO_FOCUS = "RecordTable"
    DRAWN = 0.1
    """Seconds between two drawings, however fast things are done."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Stop", tooltip="Begin with no more, or close what is through",
                id="bulk.leave"),
        Binding("enter", "close", "Close", tooltip="Close what is through", id="bulk.close"),
        Binding("r", "retry", "Try again", tooltip="Try those again that failed", id="bulk.retry"),
        Binding("f", "failures", "Failures", tooltip="Show only what failed, or everything",
                id="bulk.failures"),
    ]  # fmt: skip

    running: reactive[bool] = reactive(False, bindings=True)
    only_failures: reactive[bool] = reactive(False)

    def __init__(self, title: str, bulk: Bulk[Any], woken: Callable[[], None]) -> None:
        """`woken` is called whenever it has come to an end, so that the panes look again."""
        super().__init__()
        self._title = title
        self._bulk = bulk
        self._woken = woken
        self._news = True
        self._worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="bulk") as box:
            box.border_title = self._title
            yield Static(id="counts")
            yield RecordTable(
                Column("", 1, _sign, name="sign"),
                Column("NAME", 20, lambda item: item.name, grow=1, most=64),
                Column("STATE", 9, lambda item: item.fate.value),
                Column("WHY", 20, _said, grow=3, rank=1),
                key=lambda item: item.name,
            )

    def on_mount(self) -> None:
        self._bulk.told = self._tell
        self.set_interval(self.DRAWN, self.draw)
        self.action_retry()

    def _tell(self) -> None:
        self._news = True

    def watch_running(self, running: bool) -> None:
        box = self.query_one("#bulk")
        failed = self._bulk.counts[Fate.FAILED]
        again = "r try again · f failures · " if failed else ""
        box.border_subtitle = "escape stop" if running else f"{again}enter close"
        self._news = True
        self.draw()

    def watch_only_failures(self) -> None:
        self._news = True
        self.draw()

    def draw(self) -> None:
        """Show how far it is, where that is news."""
        if not self._news or not self.is_mounted:
            return
        self._news = False
        counts = self._bulk.counts
        line = bar(
            ((counts[Fate.DONE], Tone.GOOD), (counts[Fate.FAILED], Tone.BAD)),
            counts.total(),
            max(1, self.query_one("#counts").size.width),
        )
        words = content(_counted(self._bulk, running=self.running))
        self.query_one("#counts", Static).update(Content("\n").join((content(line), words)))
        self.query_one(RecordTable).replace(self._shown())

    def _shown(self) -> Sequence[Item]:
        failed = [item for item in self._bulk.items if item.fate is Fate.FAILED]
        return failed if self.only_failures else tuple(self._bulk.items)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "close":
                return not self.running
            case "retry":
                return not self.running and bool(self._left)
            case "failures":
                return bool(self._bulk.counts[Fate.FAILED])
        return True

    @property
    def _left(self) -> int:
        return len(self._bulk.items) - self._bulk.counts[Fate.DONE]

    @work
    async def action_retry(self) -> None:
        """Go through what is not done."""
        self.only_failures = False
        self.running = True
        self._worker = self.run_worker(self._bulk.run(), name="bulk")
        with suppress(WorkerCancelled):
            await self._worker.wait()
        self._woken()
        self.only_failures = bool(self._bulk.counts[Fate.FAILED])
        self.running = False

    def action_leave(self) -> None:
        if self.running and self._worker is not None:
            self._worker.cancel()
        else:
            self.action_close()

    def action_close(self) -> None:
        self.dismiss(not self._left)

    def action_failures(self) -> None:
        self.only_failures = not self.only_failures


def _sign(item: Item) -> Cell:
    return (SIGNS[item.fate],)


def _said(item: Item) -> Cell:
    return ((item.said, Tone.BAD if item.fate is Fate.FAILED else Tone.MUTED),)


def _counted(bulk: Bulk[Any], *, running: bool) -> Spans:
    """`37 of 40 done   2 failed   1 waiting: ...`."""
    counts = bulk.counts
    parts: list[Spans] = [((f"{counts[Fate.DONE]:,} of {counts.total():,} done", Tone.STRONG),)]
    if counts[Fate.FAILED]:
        parts.append(((f"{counts[Fate.FAILED]:,} failed", Tone.BAD),))
    left = counts[Fate.WAITING] + counts[Fate.UNDER_WAY]
    if left and not running:
        parts.append(((f"{left:,} left as they were", Tone.WARNING),))
    reasons = (item.said for item in bulk.items if item.fate is Fate.WAITING and item.said)
    if running and (reason := next(reasons, "")):
        parts.append(((reason, Tone.WARNING),))
    return joined(parts, "   ")
