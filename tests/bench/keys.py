"""How soon a key is answered while all feeds are live: `python -m tests.bench keys [WORLD]`.

The app runs in this process as it does in a terminal, down to the bytes that it writes, which go
nowhere; the account runs in a process of its own.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Key

from batchtui.cli.dashboard import opened
from batchtui.local.play import Play
from batchtui.paths import world_file
from batchtui.ui.app import BatchApp

SIZE = (120, 40)
ROUNDS = 4
WALKS = {
    "panes": "1 2 3 4 5 tab tab tab tab tab shift+tab z z",
    "pools": "1 down down down up end home",
    "jobs": "2 down down down pagedown end home",
    "tasks": "5 down down pagedown pagedown end home",
    "nodes": "4 right right down down left + - v V f",
    "filter": "5 / s t r a t escape 2 / - 1 escape",
    "sort": "5 . . , S S",
    "help": "? escape",
    "palette": "ctrl+p d e l escape",
    "go to": ": f i l m escape",
    "actions": "2 x escape",
    "job": "2 J + + ] ] L H - - 0 escape",
    "triage": "f down down escape",
    "inspect": "5 i 2 1 escape",
    "node list": "4 L down down pagedown escape",
}
"""What somebody does, by the part of the screen that it is about."""
NAMES = {
    "/": "slash", "?": "question_mark", ":": "colon", ".": "full_stop", ",": "comma",
    "+": "plus", "-": "minus", "]": "right_square_bracket",
}  # fmt: skip
"""What Textual calls the keys of characters that are no letters."""
PACE = 0.12
"""Seconds between two keys: as fast as somebody who holds one down slowly."""

LIMIT = 0.050
"""Seconds within which a key shall be answered."""


class Nowhere(HeadlessDriver):
    """A terminal that nobody sees, for which all is drawn nevertheless."""

    @property
    def is_headless(self) -> bool:
        return False


class TimedApp(BatchApp):
    """Notes when it has drawn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frames: list[float] = []

    def post_display_hook(self) -> None:
        self.frames.append(time.perf_counter())


@dataclass(frozen=True, slots=True)
class Answer:
    """To one key, in seconds after it was pressed."""

    walk: str
    key: str
    first: float
    """When the next frame was drawn."""
    last: float
    """When the last frame was drawn that followed from it, as far as that did not wait for the
    service; what feeds brought meanwhile counts too."""


async def pressed(app: TimedApp, walk: str, key: str) -> Answer | None:
    """Press the key; None where nothing was drawn, as at the end of a list."""
    app.frames.clear()
    started = time.perf_counter()
    app.post_message(Key(NAMES.get(key, key), key if len(key) == 1 else None))
    await _turn(app)
    drawn = -1
    while len(app.frames) != drawn:
        drawn = len(app.frames)
        await _turn(app)
    if not app.frames:
        return None
    return Answer(walk, key, app.frames[0] - started, app.frames[-1] - started)


async def _turn(app: TimedApp) -> None:
    """Let every message pass that is under way, and what it changed be drawn."""
    drawn = asyncio.Event()

    def in_screen() -> None:
        app.screen.call_after_refresh(drawn.set)

    def in_widget() -> None:
        app.screen.call_later(in_screen)

    def in_app() -> None:
        (app.screen.focused or app.screen).call_later(in_widget)

    while not drawn.is_set():
        app.call_later(in_app)
        # What is about to be closed takes its messages with it.
        with suppress(TimeoutError):
            await asyncio.wait_for(drawn.wait(), 0.5)


async def watch_loop(held: list[float]) -> None:
    """Note how long at a time nothing else could run."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        held.append(time.perf_counter() - before - 0.005)


async def measure(world: str) -> list[str]:
    """Walk through the app, several rounds; what to say of it, line by line."""
    place = world_file(world)
    if place is None:
        raise SystemExit(f"There is no world {world}; see data/worlds.")
    app = TimedApp(partial(opened, Play(place)), profile=None)
    app.driver_class = Nowhere
    running = asyncio.create_task(app.run_async(size=SIZE))
    async with asyncio.timeout(600):
        while app.dashboard is None or not app.dashboard.tasks.known:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        held: list[float] = []
        watch = asyncio.create_task(watch_loop(held))
        answers = [answer async for answer in _walks(app)]
        watch.cancel()
        per_minute = app.dashboard.session.traffic.per_minute
        await app.action_quit()
        await running
    return [
        f"{world}, {SIZE[0]}x{SIZE[1]}, all feeds live: {per_minute} requests a minute",
        *_told(answers),
        f"event loop held: 99 % below {_ms(_at(held, 0.99))}, longest {_ms(max(held))}",
    ]


async def _walks(app: TimedApp) -> AsyncIterator[Answer]:
    for _ in range(ROUNDS):
        for walk, keys in WALKS.items():
            for key in keys.split():
                answer = await pressed(app, walk, key)
                if answer is not None:
                    yield answer
                await asyncio.sleep(PACE)


def _told(answers: Sequence[Answer]) -> Iterable[str]:
    firsts = [answer.first for answer in answers]
    within = sum(each <= LIMIT for each in firsts) / len(firsts)
    yield (
        f"{len(firsts)} keys: first frame after {_ms(statistics.median(firsts))} (median), "
        f"95 % within {_ms(_at(firsts, 0.95))}, slowest {_ms(max(firsts))}; "
        f"{within:.1%} within {_ms(LIMIT)}"
    )
    late = [answer for answer in answers if answer.first > LIMIT]
    if late:
        yield "later than that: " + ", ".join(
            f"{answer.key} of {answer.walk} ({_ms(answer.first)})" for answer in late
        )
    lasts = [answer.last for answer in answers]
    within = sum(each <= LIMIT for each in lasts) / len(lasts)
    yield (
        f"all of it drawn after {_ms(statistics.median(lasts))} (median), "
        f"95 % within {_ms(_at(lasts, 0.95))}; {within:.1%} within {_ms(LIMIT)}"
    )
    for walk in WALKS:
        firsts = [answer.first for answer in answers if answer.walk == walk]
        lasts = [answer.last for answer in answers if answer.walk == walk]
        slow = max((answer for answer in answers if answer.walk == walk), key=_first)
        yield (
            f"  {walk:9}  first frame {_middle_and_end(firsts)}   all {_middle_and_end(lasts)}"
            f"   slowest {slow.key}"
        )


def _middle_and_end(times: Sequence[float]) -> str:
    return f"{_ms(statistics.median(times)):>8}, 95 % {_ms(_at(times, 0.95)):>8}"


def _first(answer: Answer) -> float:
    return answer.first


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = folder
        lines = asyncio.run(measure(sys.argv[1] if len(sys.argv) > 1 else "busy"))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
