"""How soon a key is answered while all feeds are live: `python -m tests.bench.keys [WORLD]`."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial

from batchtui.cli.dashboard import opened
from batchtui.local.play import Play
from batchtui.paths import world_file
from batchtui.ui.app import BatchApp

SIZE = (120, 40)
ROUNDS = 8
KEYS = (
    *("1", "down", "down", "up"),
    *("2", "down", "down", "down", "end", "home", "pagedown"),
    *("5", "down", "pagedown", "pagedown", "end", "home"),
    *("4", "right", "down", "down", "left"),
    *("z", "z", "tab", "shift+tab"),
)
PACE = 0.12
"""Seconds between two keys: as fast as somebody who holds one down slowly."""

LIMIT = 0.050
"""Seconds within which a key shall be answered."""


async def answered(app: BatchApp, key: str) -> float:
    """Press a key; the seconds until what has the focus then is redrawn."""
    drawn = asyncio.Event()

    def after_key() -> None:
        widget = app.screen.focused or app.screen
        widget.call_later(lambda: app.screen.call_after_refresh(drawn.set))

    started = time.perf_counter()
    app.simulate_key(key)
    app.call_later(after_key)
    await drawn.wait()
    return time.perf_counter() - started


async def watch_loop(held: list[float]) -> None:
    """Note how long at a time nothing else could run."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        held.append(time.perf_counter() - before - 0.005)


async def measure(world: str) -> None:
    place = world_file(world)
    if place is None:
        raise SystemExit(f"There is no world {world}; see data/worlds.")
    app = BatchApp(partial(opened, Play(place)), profile=None)
    held: list[float] = []
    times: dict[str, list[float]] = {}
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(300):
        while app.dashboard is None or not app.dashboard.tasks.known:
            await pilot.pause(0.2)
        lag = asyncio.create_task(watch_loop(held))
        requests = len(app.dashboard.session.traffic.recent)
        for _ in range(ROUNDS):
            for key in KEYS:
                times.setdefault(key, []).append(await answered(app, key))
                await asyncio.sleep(PACE)
        lag.cancel()
        told = app.dashboard.session.traffic
        say(f"{world}: {told.per_minute} requests a minute, {len(told.recent) - requests} new")
    report([second for seconds in times.values() for second in seconds], times, held)


def report(every: Sequence[float], times: dict[str, list[float]], held: Sequence[float]) -> None:
    within = sum(each <= LIMIT for each in every) / len(every)
    say(
        f"{len(every)} keys: median {_ms(statistics.median(every))}, 95 % within "
        f"{_ms(_at(every, 0.95))}, slowest {_ms(max(every))}; {within:.1%} within {_ms(LIMIT)}"
    )
    slowest = sorted(times, key=lambda key: _at(times[key], 0.95), reverse=True)[:5]
    say("slowest keys: " + ", ".join(f"{key} {_ms(_at(times[key], 0.95))}" for key in slowest))
    say(f"event loop held: 99 % below {_ms(_at(held, 0.99))}, longest {_ms(max(held))}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = folder
        asyncio.run(measure(sys.argv[1] if len(sys.argv) > 1 else "busy"))


if __name__ == "__main__":
    main()
