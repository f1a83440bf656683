"""An app that calls its user when something happened."""

import os

from textual import on
from textual.app import App

from batchtui.core.feeds import Feeds
from batchtui.core.watch import Callings, News, Watch
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.watching import WatchRequested
from batchtui.ui.terminal.sequences import through_tmux
from batchtui.ui.widgets.tones import clean


class WatchingApp(App[int]):
    """Tells of news on the screen, by the terminal's bell, and as a notification of the desktop.

    The last is OSC 9, which terminals that do not know it leave out.
    """

    callings = Callings()
    """Which of them the user wants."""

    dashboard: DashboardScreen | None

    def __init__(self) -> None:
        super().__init__()
        self._news_of = Watch()

    def begin_watch(self, feeds: Feeds) -> None:
        """Look at whatever these feeds read from now on."""
        watch = self._news_of

        def see_jobs(_reading: object) -> None:
            jobs, counts = feeds.jobs.reading, feeds.progress.reading
            if jobs.fresh and jobs.at is not None:
                self._tell(watch.see_jobs(jobs.value, counts.value, jobs.at))
                self._mark()

        feeds.jobs.subscribe(see_jobs)
        feeds.progress.subscribe(see_jobs)
        feeds.pools.subscribe(
            lambda reading: self._tell(watch.see_pools(reading.value) if reading.fresh else [])
        )
        feeds.node_counts.subscribe(
            lambda reading: self._tell(watch.see_nodes(reading.value) if reading.fresh else [])
        )

    @on(WatchRequested)
    def take_watch(self, message: WatchRequested) -> None:
        """Watch a job, or no longer."""
        watched = self._news_of.toggle(message.job.id)
        self._mark()
        job = message.job.id
        sentence = f"You will be told when job {job} ends." if watched else f"Job {job} is let be."
        self.notify(sentence, title="Watch", markup=False)

    def _mark(self) -> None:
        if self.dashboard is not None:
            self.dashboard.watched = self._news_of.jobs

    def _tell(self, news: list[News]) -> None:
        for each in news:
            self.notify(
                each.sentence,
                title="Watch",
                severity="warning" if each.bad else "information",
                timeout=60,
                markup=False,
            )
            self.say_outside(each.sentence)

    def say_outside(self, sentence: str) -> None:
        """Ring the bell, and have the terminal tell the desktop."""
        if self.callings.bell:
            self.bell()
        if self.callings.osc9 and self._driver is not None:
            self._driver.write(to_desktop(f"batchtui: {sentence}", in_tmux="TMUX" in os.environ))


def to_desktop(sentence: str, *, in_tmux: bool) -> str:
    """OSC 9 with that sentence.

    tmux drops sequences that it does not know, unless they are wrapped in one of its own with each
    escape doubled; it hands those on where its option `allow-passthrough` is on.
    """
    sequence = f"\x1b]9;{clean(sentence)}\x07"
    return through_tmux(sequence) if in_tmux else sequence
