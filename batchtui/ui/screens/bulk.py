"""One order to many things, while it goes on. Leaving the screen leaves the order alone."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from batchtui.core.bulk import Fate, Item
from batchtui.ui.bulk_run import BulkRun
from batchtui.ui.runs import Runs, runs_of
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import Cell, Spans, Tone, content, joined

SIGNS = {
    Fate.WAITING: ("·", Tone.MUTED),
    Fate.UNDER_WAY: ("▶", Tone.ACTIVE),
    Fate.DONE: ("✓", Tone.GOOD),
    Fate.FAILED: ("✗", Tone.BAD),
}


class BulkScreen(Dialog[bool]):
    """Shows what becomes of each thing. Dismissed with whether none of it failed or was stopped."""

    CSS_PATH = "bulk.tcss"
    AUTO_FOCUS = "RecordTable"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    DRAWN = 0.1
    """Seconds between two drawings, however fast things are done."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave", tooltip="Leave; the order goes on", id="bulk.leave"),
        Binding("enter", "close", "Close", tooltip="Close what is through", id="bulk.close"),
        Binding("t", "stop", "Stop", tooltip="Begin with no more", id="bulk.stop"),
        Binding("r", "retry", "Try again", tooltip="Try those again that failed", id="bulk.retry"),
        Binding("f", "failures", "Failures", tooltip="Show only what failed, or everything",
                id="bulk.failures"),
    ]  # fmt: skip

    running: var[bool] = var(False, bindings=True, init=False)
    only_failures: var[bool] = var(False, init=False)

    def __init__(self, run: BulkRun) -> None:
        super().__init__()
        self.run_shown = run
        self._bulk = run.bulk
        self._drawn = -1

    def compose(self) -> ComposeResult:
        with Vertical(id="bulk") as box:
            set_title(box, self.run_shown.heading)
            yield PlainText(id="counts")
            yield RecordTable(
                Column("", 1, _sign, name="sign"),
                Column("NAME", 20, lambda item: item.name, grow=1, most=64),
                Column("STATE", 9, lambda item: item.fate.value),
                Column("WHY", 20, _said, grow=3, rank=1),
                key=lambda item: item.name,
            )
            yield PlainText(id="why")

    def on_mount(self) -> None:
        self.set_reactive(BulkScreen.running, self.run_shown.running)
        self.query_one(RecordTable).empty = "Nothing has failed."
        self._stop_listening = self._runs.subscribe(self.take)
        self.set_interval(self.DRAWN, self.draw)
        self._settle()

    def on_unmount(self) -> None:
        self._stop_listening()

    def on_resize(self) -> None:
        # The bar is as wide as there is room for.
        self.call_after_refresh(self._draw_anew)

    def _draw_anew(self) -> None:
        """Draw though nothing of the order has changed."""
        self._drawn = -1
        self.draw()

    @property
    def _runs(self) -> Runs:
        return runs_of(self.app)

    def take(self) -> None:
        """It may have begun or ended."""
        self.running = self.run_shown.running

    def watch_running(self) -> None:
        self._settle()

    def watch_only_failures(self) -> None:
        self._draw_anew()

    def _settle(self) -> None:
        """Show what there is to show now that it goes on, or no longer."""
        self.only_failures = bool(self._bulk.counts[Fate.FAILED]) and not self.running
        self._draw_anew()

    @property
    def _ways(self) -> str:
        """The keys that do something now."""
        failures = ["f failures"] if self._bulk.counts[Fate.FAILED] else []
        if self.running:
            ways = [*failures, "t stop", "escape leave, it goes on"]
        else:
            again = [] if self.run_shown.done else ["r try again"]
            ways = [*again, *failures, "enter close"]
        return " · ".join(ways)

    def draw(self) -> None:
        """Show how far it is, where that is news."""
        if self._drawn == self.run_shown.changes:
            return
        self._drawn = self.run_shown.changes
        set_subtitle(self.query_one("#bulk"), self._ways)
        counts = self._bulk.counts
        line = bar(
            ((counts[Fate.DONE], Tone.GOOD), (counts[Fate.FAILED], Tone.BAD)),
            counts.total(),
            max(1, self.query_one("#counts").size.width),
        )
        words = content(_counted(self.run_shown))
        self.query_one("#counts", Static).update(Content("\n").join((content(line), words)))
        self.query_one(RecordTable).replace(self._shown())
        self.explain()

    def _shown(self) -> Sequence[Item]:
        failed = [item for item in self._bulk.items if item.fate is Fate.FAILED]
        return failed if self.only_failures else tuple(self._bulk.items)

    @on(RecordTable.Highlighted)
    def explain(self) -> None:
        """Say in full why the highlighted one failed: its row may be too short for that."""
        item = self.query_one(RecordTable).highlighted
        why = self.query_one("#why", Static)
        said = item.said if item is not None and item.fate is Fate.FAILED else ""
        why.display = bool(said)
        why.update(said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "close":
                return not self.running
            case "stop":
                return self.running
            case "retry":
                return not self.running and not self.run_shown.done
            case "failures":
                return bool(self._bulk.counts[Fate.FAILED])
        return True

    def action_retry(self) -> None:
        """Go through what is not done."""
        self._runs.start(self.run_shown)

    @work
    async def action_stop(self) -> None:
        await self._runs.cancel(self.run_shown)

    def action_leave(self) -> None:
        self.dismiss(self.running or self.run_shown.done)

    def action_close(self) -> None:
        self.action_leave()

    def action_failures(self) -> None:
        self.only_failures = not self.only_failures


def _sign(item: Item) -> Cell:
    return (SIGNS[item.fate],)


def _said(item: Item) -> Cell:
    """Why, without what was tried: that is the same in every row, and said in full below."""
    if item.fate is not Fate.FAILED:
        return ((item.said, Tone.MUTED),)
    tried, _, why = item.said.partition(": ")
    return ((why or tried, Tone.BAD),)


def _counted(run: BulkRun) -> Spans:
    """`37 of 40 done   2 failed   1 waiting: ...`."""
    counts = run.bulk.counts
    parts: list[Spans] = [((f"{counts[Fate.DONE]:,} of {counts.total():,} done", Tone.STRONG),)]
    if counts[Fate.FAILED]:
        parts.append(((f"{counts[Fate.FAILED]:,} failed", Tone.BAD),))
    left = counts[Fate.WAITING] + counts[Fate.UNDER_WAY]
    if left and not run.running:
        parts.append(((f"{left:,} left as they were", Tone.WARNING),))
    reasons = (item.said for item in run.bulk.items if item.fate is Fate.WAITING and item.said)
    if run.running and (reason := next(reasons, "")):
        parts.append(((reason, Tone.WARNING),))
    return joined(parts, "   ")
