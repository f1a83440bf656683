"""`python -m tests.soak [--minutes N] [--world W] [--faults FILE] [--seed S]`: a long bad day.

The dashboard runs in this process as it does in a terminal; the account runs in one of its own and
plays the faults. Somebody presses anything all the while. At the end the weather turns fair, and it
is measured how long everything takes to be fresh. Exit code 1 where something was hit.
"""

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

from batchtui import logs, paths
from batchtui.cli.dashboard import opened
from batchtui.local.datadir import DataDir
from batchtui.local.faults.log import REQUEST_LOG
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from tests.bench.keys import Nowhere
from tests.soak.ages import ALLOWED, AgeCheck, Answers
from tests.soak.app import SoakedApp
from tests.soak.keyboard import Keyboard
from tests.soak.measures import Sample, sample, slope, tasks_by_work

SIZE = (120, 40)
PACE = 0.15
"""Seconds between two keys."""
EVERY = 10.0
"""Seconds between two samples."""
SETTLED = 600.0
"""Seconds until what grows at the start has grown."""
LEAK = 1024 * 1024
"""Bytes that memory may grow by in ten minutes."""
PATIENCE = 120.0
"""Seconds for everything to be fresh after the weather."""


class Hits(logging.Handler):
    """What the program logs as an error, counted by its last line."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.counted: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        text = logs.Redacting(logs.FORMAT).format(record).strip()
        key = f"{record.name}: {text.splitlines()[-1]}"
        self.counted[key] += 1
        self.first.setdefault(key, text)


class Soak:
    """One long run, and what came of it."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.hits: list[str] = []
        self.samples: list[Sample] = []
        self.lines: list[str] = []
        self._options = options
        self._faults = folder / "faults.toml"
        # Fair at first: somebody who cannot open the account at all has no dashboard to watch.
        self._faults.write_text("")
        world = paths.world_file(options.world)
        if world is None:
            raise SystemExit(f"No world {options.world}; see data/worlds.")
        play = Play(world)
        log = DataDir(play=play).path / REQUEST_LOG
        self._app = SoakedApp(
            partial(opened, play, faults=FaultOptions(self._faults)), profile=None
        )
        self._app.driver_class = Nowhere
        self._keyboard = Keyboard(self._app, options.seed)
        self._ages = AgeCheck(Answers(log))
        self._errors = Hits()
        self._tasks: Counter[str] = Counter()
        """Those of the beginning, to be compared with those of the end."""

    async def run(self) -> None:
        logging.getLogger().addHandler(self._errors)
        running = asyncio.create_task(self._app.run_async(size=SIZE))
        working = asyncio.create_task(self._work())
        await asyncio.wait((running, working), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            code = self._app.return_code
            self.hits.append(
                f"The dashboard ended with {code} after {', '.join(self._keyboard.last)}."
            )
            working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        if not running.done():
            self._app.leaving = True
            self._app.exit(0)
            await asyncio.wait_for(running, 60)
        self._report()

    async def _work(self) -> None:
        while self._app.dashboard is None or not self._app.dashboard.is_mounted:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        self._faults.write_text(Path(self._options.faults).read_text())
        began = time.monotonic()
        looking = asyncio.create_task(self._look(began))
        try:
            while time.monotonic() - began < self._options.minutes * 60:
                if not self._options.idle:
                    await self._keyboard.press()
                await asyncio.sleep(PACE)
            await self._brighten()
        finally:
            looking.cancel()

    async def _look(self, began: float) -> None:
        sampled = 0.0
        while True:
            await asyncio.sleep(0.5)
            self._ages.look(self._app)
            if time.monotonic() - sampled >= EVERY:
                sampled = time.monotonic()
                self.samples.append(sample())
                if not self._tasks and time.monotonic() - began >= min(SETTLED, 60.0):
                    self._tasks = tasks_by_work()
                self._say(began)

    def _say(self, began: float) -> None:
        now = self.samples[-1]
        # Not `sys.stderr`, which the app keeps from the screen.
        assert sys.__stderr__ is not None
        sys.__stderr__.write(
            f"{(now.at - began) / 60:5.1f} min  {now.memory / 1e6:6.1f} MB  {now.handles} handles  "
            f"{now.tasks} tasks  {self._keyboard.pressed} keys  {len(self._errors.counted)} kinds "
            f"of errors  {type(self._app.screen).__name__}\n"
        )

    async def _brighten(self) -> None:
        """Turn the weather fair; note how long each feed on screen takes to be fresh."""
        dashboard = self._app.dashboard
        assert dashboard is not None
        while self._app.screen is not dashboard and len(self._app.screen_stack) > 1:
            self._app.pop_screen()
            await asyncio.sleep(0.05)
        more = tasks_by_work() - self._tasks
        self.lines.append(
            "More tasks than at the start: "
            + ", ".join(f"{count} {work}" for work, count in more.most_common(12))
        )
        dashboard.feeds.traffic.resume()
        self._faults.write_text("")
        # The account reads the file once a second.
        await asyncio.sleep(1.0)
        fair = dashboard.feeds.traffic.clock()
        waiting = {name for name in dashboard.SHOWN if dashboard.feeds[name].looked_at}
        late: list[str] = []
        while waiting and dashboard.feeds.traffic.clock() - fair < PATIENCE:
            for name in sorted(waiting):
                feed = dashboard.feeds[name]
                if feed.reading.fresh and (feed.reading.at or 0.0) >= fair:
                    waiting.discard(name)
                    took = dashboard.feeds.traffic.clock() - fair
                    late.append(f"{name} {took:.1f}s ({feed.every:.0f}s)")
                    if took > 2 * feed.every + 1.0:
                        self.hits.append(
                            f"{name} was fresh only {took:.1f}s after the weather, with an "
                            f"interval of {feed.every:.0f}s."
                        )
            await asyncio.sleep(0.1)
        self.hits += [f"{name} was not fresh after {PATIENCE:.0f}s." for name in sorted(waiting)]
        self.lines.append("Fresh after the weather (interval): " + ", ".join(late))

    def _report(self) -> None:
        self.hits += [
            f"{count}x {key}\n{self._errors.first[key]}"
            for key, count in self._errors.counted.most_common()
        ]
        self.lines.append(
            f"{self._keyboard.pressed} keys; ages compared {self._ages.looked} times, at most "
            f"{self._ages.behind:.2f}s below the true ones ({self._ages.worst or 'never below'})"
        )
        if self._ages.behind > ALLOWED:
            self.hits.append(self._ages.worst)
        settled = [s for s in self.samples if s.at - self.samples[0].at >= SETTLED]
        for name, unit, allowed in (
            ("memory", "MB", LEAK), ("handles", "", 1.0), ("tasks", "", 1.0), ("threads", "", 1.0),
        ):  # fmt: skip
            points = [(s.at / SETTLED, float(getattr(s, name))) for s in settled]
            grown = slope(points)
            scale = 1e6 if unit else 1.0
            ends = [float(getattr(s, name)) / scale for s in (settled or self.samples)]
            if ends:
                self.lines.append(
                    f"{name}: {ends[0]:.1f} {unit} at the start, {ends[-1]:.1f} at the end, "
                    f"{max(ends):.1f} at most; {grown / scale:+.2f} {unit} in ten minutes"
                )
            if settled and grown > allowed:
                self.hits.append(f"{name} grows by {grown / scale:.2f} {unit} in ten minutes.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--world", default="busy")
    parser.add_argument("--faults", default="data/faults/storm.toml")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--idle", action="store_true", help="nobody presses any key")
    parser.add_argument("--json", type=Path, help="write the samples there")
    options = parser.parse_args()
    options.faults = str(Path(options.faults).resolve())
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DESKTOP_DIR"):
            os.environ[variable] = folder
        os.environ["HOME"] = folder
        os.chdir(folder)
        logs.start_logging()
        soak = Soak(options, Path(folder))
        asyncio.run(soak.run())
        gc.collect()
        crashes = [file.read_text() for file in Path(folder).rglob("crash*.txt")]
    if options.json:
        rows = [[s.at, s.memory, s.handles, s.tasks, s.threads] for s in soak.samples]
        options.json.write_text(json.dumps(rows))
    sys.stdout.write("\n".join(soak.lines) + "\n")
    hits = [*soak.hits, *crashes]
    for hit in hits:
        sys.stdout.write(f"HIT: {hit}\n")
    sys.stdout.write(f"{len(hits)} hits in {options.minutes:g} minutes.\n")
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main())
