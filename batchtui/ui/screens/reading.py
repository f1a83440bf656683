"""Screens on which one reads files, part by part, and searches the whole of them."""

from typing import Any, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType

from batchtui.core.controller import Controller
from batchtui.core.feed import Feed
from batchtui.core.gateway import GatewayError
from batchtui.core.leaf import KEEP, Leaf, Turn
from batchtui.core.seeking import Place, Seeker
from batchtui.core.tail import Excerpt, Source
from batchtui.core.wording import in_bytes
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.widgets.partview import PartView
from batchtui.ui.widgets.textview import TextView

F = TypeVar("F")


class ReadingScreen(FollowingScreen):
    """Shows each file in a `StreamPane`, whose id is the name of the file's feed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "turn('earlier')", "Earlier", show=False,
                tooltip="Read the part before this one", id="text.earlier"),
        Binding("right_square_bracket", "turn('later')", "Later", show=False,
                tooltip="Read the part after this one", id="text.later"),
        Binding("less_than_sign", "turn('first')", "File start", show=False,
                tooltip="Read from the start of the file", id="text.first"),
        Binding("greater_than_sign", "turn('end')", "File end", show=False,
                tooltip="Read the end of the file, follow it", id="text.end"),
        Binding("w", "wrap", "Wrap", show=False, tooltip="Wrap long lines, or not",
                id="text.wrap"),
    ]  # fmt: skip

    def __init__(self, controller: Controller, *, clock: Clock | None = None) -> None:
        super().__init__(controller, clock=clock)
        self.leaves: dict[str, Leaf[Any]] = {}
        """The files that are read, by the names of their feeds."""

    def follow_file(
        self, name: str, source: Source[F], file: F, *, every: float = 1.0, keep: int = KEEP
    ) -> None:
        """Read this file from its end on, instead of any that the pane showed before."""
        self.unfollow_file(name)
        leaf = Leaf(source, file, keep=keep)
        self.leaves[name] = leaf
        traffic = self.controller.feeds.traffic
        self.follow(name, Feed(leaf.read, Excerpt(), every=every, traffic=traffic))

    def restart_file(self, name: str) -> None:
        """Read the file anew, from its end: it was written anew."""
        if name in self.leaves:
            self._stop_seeking(name)
            self.leaves[name].restart()
            self.feeds[name].ask_anew()

    def unfollow_file(self, name: str) -> None:
        """Read nothing in that pane."""
        self._stop_seeking(name)
        self.leaves.pop(name, None)
        self.unfollow(name)

    @on(TextView.EdgeReached)
    def go_over_edge(self, message: TextView.EdgeReached) -> None:
        self._turn(_pane_of(message.view), Turn.EARLIER if message.step < 0 else Turn.LATER)

    @on(TextView.EndWanted)
    def go_to_end(self, message: TextView.EndWanted) -> None:
        self._turn(_pane_of(message.view), Turn.FIRST if message.step < 0 else Turn.END)

    @on(TextView.SeekWanted)
    def seek(self, message: TextView.SeekWanted) -> None:
        """Look for the next place beyond the part that is here."""
        pane = _pane_of(message.view)
        name = pane.id or ""
        if name in self.leaves:
            seeking = self._seek(pane, message.step)
            self.run_worker(seeking, name="seek", group=f"seek:{name}", exclusive=True)

    @on(TextView.StopWanted)
    def stop_seeking(self, message: TextView.StopWanted) -> None:
        self._stop_seeking(_pane_of(message.view).id or "")

    def action_turn(self, to: str) -> None:
        """Read another part of the file in use, or of the first one that is shown."""
        panes = list(self.query(StreamPane))
        inside = [pane for pane in panes if pane.has_focus_within]
        self._turn((inside or panes)[0], Turn(to))

    def action_wrap(self) -> None:
        for pane in self.query(StreamPane):
            pane.view.wrap = not pane.view.wrap

    def _turn(self, pane: StreamPane, to: Turn) -> None:
        name = pane.id or ""
        if name in self.leaves:
            self._stop_seeking(name)
            self.leaves[name].turn(to)
            pane.view.turn(to_end=to in (Turn.EARLIER, Turn.END))
            self.feeds[name].ask_anew()

    async def _seek(self, pane: StreamPane, step: int) -> None:
        """Find the next place, and read what is around it."""
        name, view = pane.id or "", pane.view
        leaf, feed, sought = self.leaves[name], self.feeds[name], view.sought

        def tell(done: int, size: int) -> None:
            view.progress = f"searching {in_bytes(done)} of {in_bytes(size)}, escape stops"

        tell(0, 0)
        begin, end = leaf.extent
        seeker = Seeker(leaf.source, leaf.file, sought, tell)
        try:
            place = await (seeker.after(end) if step > 0 else seeker.before(begin))
            if place is None:
                view.remark = f"{sought!r} is nowhere in the whole file"
                return
            leaf.go_to(place.at)
            view.turn(to_end=False)
            feed.ask_anew()
            if await feed.poll() and leaf.aim is not None:
                view.land(*leaf.aim)
                view.remark = _remark(place, step)
        except GatewayError as error:
            self.notify(str(error), title="Search", severity="error", markup=False)
        finally:
            view.progress = ""

    def _stop_seeking(self, name: str) -> None:
        self.workers.cancel_group(self, f"seek:{name}")


def _pane_of(view: PartView) -> StreamPane:
    return view.query_ancestor(StreamPane)


def _remark(place: Place, step: int) -> str:
    if not place.wrapped:
        return ""
    return "on from the file's start" if step > 0 else "on from the file's end"
