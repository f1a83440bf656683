"""Screens that have feeds of their own."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen

from batchtui.core.controller import Controller
from batchtui.core.feed import Feed, Reading
from batchtui.core.service_clock import utc_now
from batchtui.ui.freshness import AGES, age_of, next_try_of
from batchtui.ui.panes.pane import Pane
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.pauseline import PauseLine

T = TypeVar("T")
Clock = Callable[[], datetime]


class FollowingScreen(Screen[None], Contained):
    """Runs its feeds while it is open, and has them rest while another screen covers it.

    A feed, the reactive that holds its reading, and the panes' reactive share one name.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "leave", "Back", tooltip="Back to where you came from",
                id="back"),
        Binding("r", "refresh", "Refresh", show=False, tooltip="Look again now", id="refresh"),
    ]  # fmt: skip

    now: var[datetime] = var(utc_now)

    def __init__(self, controller: Controller, *, clock: Clock | None = None) -> None:
        """`clock` gives the time of day, aware, against which ages are counted; the service's if
        it is left out."""
        super().__init__()
        self.controller = controller
        self.clock = clock or controller.feeds.now
        self.set_reactive(FollowingScreen.now, self.clock())
        self.feeds: dict[str, Feed[Any]] = {}

    def follow(self, name: str, feed: Feed[T]) -> None:
        """Keep the reactive `name` what the feed last read, instead of any feed before it."""
        self.feeds[name] = feed

        def take(reading: Reading[T]) -> None:
            # A look that was under way when the screen closed ends after its panes are gone.
            if not self._pruning:
                self._take(name, feed, reading)

        feed.subscribe(take)
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
        self.set_interval(AGES, self.show_ages)

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
        self.show_ages()
        self.tell_pause()

    def show_ages(self) -> None:
        """Say how old everything is, and when what is stale is asked for again."""
        if self.is_current:
            for pane in self.query(Pane):
                feeds = self._feeds_of(pane.FEEDS)
                pane.age, pane.next_try = age_of(feeds), next_try_of(feeds)

    def _feeds_of(self, names: Iterable[str]) -> list[Feed[Any]]:
        return [self.feeds[name] for name in names if name in self.feeds]

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
        line.age = age_of(self.feeds.values())

    def action_leave(self) -> None:
        self.dismiss()

    def action_refresh(self) -> None:
        for feed in self.feeds.values():
            feed.refresh()
