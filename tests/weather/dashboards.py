"""One dashboard that lives through all weathers, one after another."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.events import Key

from batchtui.core.session import Session
from batchtui.local.faults.log import REQUEST_LOG
from batchtui.ui.panes.pane import Pane
from tests.bench.keys import Nowhere
from tests.soak.__main__ import Hits
from tests.soak.ages import ALLOWED, AgeCheck, Answers
from tests.soak.app import SoakedApp
from tests.weather.account import WeatherAccount
from tests.weather.client import session_of
from tests.weather.outcome import CellOutcome
from tests.weather.weathers import Place, Weather

WORLD = """
name = "weather"
summary = "Two pools and two jobs in the middle of their work"
seed = 3
[[pools]]
id = "first"
vm_size = "standard_d2s_v3"
dedicated = 6
slots = 2
[[pools]]
id = "second"
vm_size = "standard_d2s_v3"
spot = 4
[[jobs]]
id = "long"
pool = "first"
tasks = 400
task_id = "task-{n}"
command = "/bin/sh -c 'true'"
duration = "PT30S"
done = 0.2
[[jobs]]
id = "failing"
pool = "second"
tasks = 100
task_id = "case-{n}"
command = "/bin/sh -c 'false'"
duration = "PT20S"
done = 0.3
[[jobs.failures]]
share = 0.2
exit_code = 3
stderr = "no more"
"""
SIZE = (120, 40)
SPELL = 8.0
"""Seconds of a weather."""
LOOK = 0.25
STALL = 0.5
"""Seconds by which a timer is late on a machine that is too busy for any check of ages."""
BUSY = 3.0
"""Seconds that a look itself takes, on a machine that is busy."""
KEYS = [
    "1",
    "down",
    "2",
    "down",
    "5",
    "down",
    "up",
    "4",
    "right",
    "3",
    "1",
    "r",
    "f",
    "escape",
    "i",
    "escape",
    "J",
    "escape",
    "up",
]
"""What somebody does meanwhile."""
SELDOM = 10.0
"""Seconds between two looks of a feed."""
RECOVERY = 90.0
"""Seconds after which a feed is taken never to be fresh again."""


class DashboardProof:
    """Plays weathers to a dashboard that goes on."""

    def __init__(
        self, account: WeatherAccount, app: SoakedApp, running: asyncio.Task[object]
    ) -> None:
        self._account = account
        self._app = app
        self._running = running
        self._log = account.connection.data_dir / REQUEST_LOG
        self._key = 0

    async def outlast(self, weather: Weather, place: Place, seed: int) -> CellOutcome:
        errors = Hits()
        logging.getLogger().addHandler(errors)
        ages = AgeCheck(Answers(self._log, weather.harmless))
        ages.answers.read()
        complaints: list[str] = []
        try:
            events = self._account.play(weather.on(place, seed))
            began = time.monotonic()
            while (now := time.monotonic()) - began < SPELL:
                await asyncio.sleep(LOOK)
                if self._running.done():
                    return CellOutcome((f"The dashboard ended: {self._running}",), "ended", lost=1)
                self._press()
                # On a machine that is too busy even for timers, ages say nothing.
                if time.monotonic() - now < LOOK + STALL:
                    ages.look(self._app)
                complaints += self._silent()
            await self._to_the_dashboard()
            complaints += self._silent()
            self._account.brighten()
            recovery, late = await self._fresh_again(weather.asks)
            complaints += late
        finally:
            logging.getLogger().removeHandler(errors)
        struck = sum(1 for each in events if each.event == "answered" and each.faults)
        if ages.behind > ALLOWED:
            complaints.append(ages.worst)
        complaints += [f"Logged: {text}" for text in errors.first.values()]
        return CellOutcome(
            tuple(dict.fromkeys(complaints)),
            f"ages compared {ages.looked} times",
            struck=struck,
            took=SPELL,
            recovery=recovery,
        )

    def _press(self) -> None:
        key = KEYS[self._key % len(KEYS)]
        self._key += 1
        self._app.post_message(Key(key, key if len(key) == 1 else None))

    def _silent(self) -> list[str]:
        """Panes that show data of a feed which fails, and do not say so."""
        dashboard = self._app.dashboard
        assert dashboard is not None
        return [
            f"{pane.id} does not say that {name} is stale."
            for pane in dashboard.query(Pane)
            for name in pane.FEEDS
            if dashboard.feeds[name].reading.error and not pane.trouble and pane.display
        ]

    async def _to_the_dashboard(self) -> None:
        while self._app.screen is not self._app.dashboard and len(self._app.screen_stack) > 1:
            self._app.pop_screen()
            await asyncio.sleep(0.05)

    async def _fresh_again(self, asked: float) -> tuple[float, list[str]]:
        """Seconds until everything in sight is fresh, and what took more than two intervals.

        `asked`: the seconds for which the service has just asked to be left alone.
        """
        dashboard = self._app.dashboard
        assert dashboard is not None
        clock = dashboard.feeds.traffic.clock
        fair, took, late = clock(), 0.0, []
        waiting = {name for name in dashboard.SHOWN if dashboard.feeds[name].looked_at}
        while waiting:
            await asyncio.sleep(0.05)
            for name in sorted(waiting):
                feed = dashboard.feeds[name]
                took = clock() - fair
                # What looks seldom, and saw nothing of the weather, is as fresh as ever.
                again = (feed.reading.at or 0.0) >= fair or feed.every > SELDOM
                fresh = feed.reading.fresh and again
                if not fresh and feed.looked_at and took < RECOVERY:
                    continue
                waiting.discard(name)
                if took > asked + 2 * feed.every + BUSY:
                    late.append(f"{name} was fresh only {took:.1f}s after the weather, with an "
                                f"interval of {feed.every:.0f}s.")  # fmt: skip
        return took, late


def write_world(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "weather.toml"
    file.write_text(WORLD)
    return file


@asynccontextmanager
async def watching(account: WeatherAccount) -> AsyncIterator[DashboardProof]:
    """A dashboard on the account, as on a terminal that nobody sees."""

    @asynccontextmanager
    async def opened(
        profile: str | None, progress: Callable[[str], None]
    ) -> AsyncIterator[Session]:
        async with session_of(account.connection) as session:
            yield session

    app = SoakedApp(opened, profile=None)
    app.driver_class = Nowhere
    running = asyncio.create_task(app.run_async(size=SIZE))
    while app.dashboard is None or not app.dashboard.is_mounted:
        if running.done():
            running.result()
        await asyncio.sleep(0.1)
    await asyncio.sleep(3)
    try:
        yield DashboardProof(account, app, running)
    finally:
        if not running.done():
            app.leaving = True
            app.exit(0)
            await asyncio.wait_for(running, 60)
