"""A run's events in a terminal: what is done as lines, what is under way below them."""

import time
from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from batchtui.cli.words import lines, of_nodes, trying_again
from batchtui.core.events import (
    Ended,
    Event,
    Finished,
    NodeFailed,
    Progressed,
    Recovered,
    Submitted,
    Submitting,
    TaskFailed,
    Transferred,
    Transferring,
    Troubled,
)
from batchtui.core.ledger import Outcome
from batchtui.core.pace import Paces
from batchtui.core.plain import visible
from batchtui.core.summary import remaining, share
from batchtui.core.wording import in_bytes, in_time

BAR = 24
"""Cells of a bar."""
MOVING = (Transferring, Submitting, Progressed)
JOB = "job"
"""What the pace of the one job of a run is kept under."""
THROUGH = (Transferred, Submitted, Finished, Ended)
"""After these there is nothing left to move."""


class LivePrinter:
    """Keeps what moves at the bottom of the terminal, and prints what has happened above it."""

    def __init__(
        self, console: Console | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds that only grow."""
        self._console = console or Console(highlight=False)
        self._clock = clock
        self._live: Live | None = None
        self._moving: Event | None = None
        self._waiting = ""
        """What is tried again at this moment, and until when."""
        self._since = clock()
        self._paces = Paces()

    def show(self, event: Event) -> None:
        if isinstance(event, MOVING):
            self._move(event)
            return
        if isinstance(event, THROUGH):
            self.pause()
        if isinstance(event, Troubled | Recovered | Ended):
            self._waiting = trying_again(event).strip() if isinstance(event, Troubled) else ""
        for line in lines(event):
            self._console.print(Text(visible(line), style=_style(event)), soft_wrap=True)

    def note(self, line: str) -> None:
        self._console.print(Text(visible(line), style="dim"), soft_wrap=True)

    def pause(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def close(self) -> None:
        self.pause()

    def _move(self, event: Event) -> None:
        self._moving = event
        if isinstance(event, Progressed):
            self._since = self._clock() - event.elapsed
            self._paces.take(JOB, event.counts, event.elapsed)
        if self._live is None:
            # Transient: what is left on the terminal at the end are the lines above.
            self._live = Live(
                console=self._console,
                get_renderable=self._picture,
                refresh_per_second=5,
                transient=True,
            )
            self._live.start()

    def _picture(self) -> RenderableType:
        picture = self._moving_picture()
        if not self._waiting:
            return picture
        return Group(picture, Text(f"The service is in trouble. {self._waiting}", style="yellow"))

    def _moving_picture(self) -> RenderableType:
        match self._moving:
            case Transferring() as moving:
                what = f"{moving.direction} {moving.container}"
                size = f"{in_bytes(moving.size)} of {in_bytes(moving.of_size)}"
                files = f"{moving.files:,} of {moving.of_files:,} files"
                return _row(what, moving.size, moving.of_size, f"{files}, {size}")
            case Submitting() as moving:
                text = f"{moving.tasks:,} of {moving.of_tasks:,}"
                return _row("submitting tasks", moving.tasks, moving.of_tasks, text)
            case Progressed() as moving:
                return self._progress(moving)
        return Text("")

    def _progress(self, moving: Progressed) -> RenderableType:
        elapsed = self._clock() - self._since
        left = remaining(moving.counts, moving.of_tasks, self._paces.rate(JOB, elapsed))
        done = f"{share(moving.counts, moving.of_tasks):.0%}"
        eta = f", about {in_time(left)} to go" if left else ""
        counts = Text.assemble(
            (f"{moving.counts.active:,} active", "dim"),
            f"  {moving.counts.running:,} running  ",
            (f"{moving.counts.succeeded:,} succeeded", "green" if moving.counts.succeeded else ""),
            "  ",
            (f"{moving.counts.failed:,} failed", "bold red" if moving.counts.failed else "dim"),
        )
        nodes = Text(f"nodes: {visible(of_nodes(moving.nodes)) or 'none yet'}", style="dim")
        bar = _row("tasks", moving.counts.completed, moving.of_tasks, f"{done}{eta}")
        return Group(bar, counts, nodes, Text(f"elapsed {in_time(elapsed)}", style="dim"))


def _row(what: str, done: int, total: int, text: str) -> RenderableType:
    row = Table.grid(padding=(0, 1))
    bar = ProgressBar(
        total=max(total, 1),
        completed=done if total else 1,
        width=BAR,
        style="dim",
        complete_style="cyan",
        finished_style="cyan",
    )
    row.add_row(Text(visible(what)), bar, Text(text))
    return row


def _style(event: Event) -> str:
    match event:
        case TaskFailed() | NodeFailed():
            return "red"
        case Troubled():
            return "yellow"
        case Ended(outcome=Outcome.SUCCEEDED):
            return "green"
        case Ended():
            return "bold"
    return ""
