"""Screens that have feeds of their own."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen

from batchtui.core.controller import Controller
from batchtui.core.feed import Feed
from batchtui.ui.panes.pane import Pane
from batchtui.ui.widgets.pauseline import PauseLine

T = TypeVar("T")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class FollowingScreen(Screen[None]):
    """Runs its feeds while it is open, and has them rest while another screen covers it.

    A feed, the reactive that holds its reading, and the panes' reactive share one name.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "leave", "Back", tooltip="Back to where you came from",
                id="back"),
        Binding("r", "refresh", "Refresh", show=False, tooltip="Look again now", id="refresh"),
    ]  # fmt: skip

    now: var[datetime] = var(utc_now)

    def __init__(self, controller: Controller, *, clock: Clock = utc_now) -> None:
        """`clock` gives the time of day, aware, against which ages are counted."""
        super().__init__()
        self.controller = controller
        self.clock = clock
        self.set_reactive(FollowingScreen.now, clock())
        self.feeds: dict[str, Feed[Any]] = {}

    def follow(self, name: str, feed: Feed[T]) -> None:
        """Keep the reactive `name` what the feed last read, instead of any feed before it."""
        self.feeds[name] = feed
        feed.subscribe(lambda reading: self._take(name, feed, reading))
        feed.looked_at = self.is_current
        self.run_worker(feed.run(), name=name, group=f"feed:{name}", exclusive=True)

    def unfollow(self, name: str) -> None:
        """End the feed of that name, if there is one."""
        if self.feeds.pop(name, None) is not None:
            self.workers.cancel_group(self, f"feed:{name}")

    def _take(self, name: str, feed: Feed[T], reading: object) -> None:
        if self.feeds.get(name) is feed:
            setattr(self, name, reading)

    def on_mount(self) -> None:
        self.set_interval(1.0, self.tick)

    def on_screen_suspend(self) -> None:
        for feed in self.feeds.values():
            feed.looked_at = False

    def on_screen_resume(self) -> None:
        for feed in self.feeds.values():
            feed.looked_at = True
        self.tell_pause()

    def tick(self) -> None:
        """Once a second: let times and ages grow."""
        if not self.is_current:
            return
        self.now = self.clock()
        for pane in self.query(Pane):
            pane.age = self.age_of(name for name in pane.FEEDS if name in self.feeds)
        self.tell_pause()

    def age_of(self, names: Iterable[str]) -> float | None:
        """Seconds since the oldest of these was fetched; None before any was."""
        ages = (self.feeds[name].age for name in names)
        return max((age for age in ages if age is not None), default=None)

    def tell_pause(self) -> None:
        """Say that nothing is looked at, as long as that is so."""
        line = next(iter(self.query(PauseLine)), None)
        if not self.controller.feeds.traffic.paused:
            if line is not None:
                line.remove()
            return
        if line is None:
            line = PauseLine()
            self.mount(line, before=0)
        line.age = self.age_of(self.feeds)

    def action_leave(self) -> None:
        self.dismiss()

    def action_refresh(self) -> None:
        for feed in self.feeds.values():
            feed.refresh()
