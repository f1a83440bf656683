"""What the dashboard carries out in the background: it belongs to the app, not to a screen."""

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.worker import Worker, WorkerCancelled

log = logging.getLogger(__name__)

CAPTIONS = 2
"""Runs under way that the status bar has room to name."""


class LiveRun(Protocol):
    """A run as the status bar and the quit question see it."""

    @property
    def caption(self) -> str:
        """What runs and how far it is: `topnwords 3/5`."""
        ...

    @property
    def noun(self) -> str:
        """What one such run is called where it is counted."""
        ...

    @property
    def abandoned(self) -> str:
        """What becomes of it when batchtui is left while it goes on, as a sentence."""
        ...

    told: Callable[[], None]
    """Set by `Runs`; called after everything that happens."""

    async def carry_out(self) -> None:
        """Run to the end. Cancelling leaves a true ledger."""
        ...


class Errand(LiveRun, Protocol):
    """An order to many things, or a transfer: what one comes back to, to see how far it is."""

    @property
    def title(self) -> str:
        """What is done, and to what."""
        ...

    @property
    def running(self) -> bool: ...

    @property
    def done(self) -> bool:
        """Whether nothing of it is left to do."""
        ...

    @property
    def faulty(self) -> bool:
        """Whether something of it failed."""
        ...

    @property
    def outcome(self) -> str:
        """What came of it by now, as a sentence."""
        ...


Spawn = Callable[[Coroutine[Any, Any, None]], Worker[None]]
"""Starts a worker that lives as long as the app: `App.run_worker`."""


class Runs:
    """Starts runs, knows which are under way, and cancels them."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._workers: dict[LiveRun, Worker[None]] = {}
        self._all: list[LiveRun] = []
        self._subscribers: list[Callable[[], None]] = []

    @property
    def live(self) -> tuple[LiveRun, ...]:
        """The runs under way, oldest first."""
        return tuple(self._workers)

    @property
    def all(self) -> tuple[LiveRun, ...]:
        """The runs of this session, those that have ended too, newest first."""
        return tuple(reversed(self._all))

    @property
    def caption(self) -> str:
        """The runs under way in a few words for the status bar; empty when there is none."""
        live = self.live
        more = f" and {len(live) - CAPTIONS} more" if len(live) > CAPTIONS else ""
        return ", ".join(run.caption for run in live[:CAPTIONS]) + more

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever a run starts, gets on or ends; returns how to stop that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def start(self, run: LiveRun) -> None:
        """Have it carried out; also again, once it has ended."""
        run.told = self.tell
        if run not in self._all:
            self._all.append(run)
        self._workers[run] = self._spawn(self._follow(run))
        self.tell()

    def tell(self) -> None:
        """A run got on: call everybody back."""
        for callback in tuple(self._subscribers):
            try:
                callback()
            except Exception:
                # What a screen makes of a run must not end the run.
                log.exception("A subscriber could not take how far a run is.")

    async def cancel(self, run: LiveRun) -> None:
        """End a run and wait until it has ended."""
        worker = self._workers.get(run)
        if worker is not None:
            worker.cancel()
            with suppress(WorkerCancelled):
                await worker.wait()

    async def cancel_all(self) -> None:
        """End every run and wait until all have ended."""
        for run in self.live:
            await self.cancel(run)

    async def _follow(self, run: LiveRun) -> None:
        try:
            await run.carry_out()
        finally:
            del self._workers[run]
            self.tell()


@runtime_checkable
class HasRuns(Protocol):
    """An app that carries something out in the background."""

    runs: Runs


@runtime_checkable
class ShowsRun(Protocol):
    """A screen on which one run is seen."""

    @property
    def run_shown(self) -> LiveRun: ...


def is_watched(app: App[Any], run: LiveRun) -> bool:
    """Whether somebody sees, on this screen or on one below it, what becomes of a run."""
    return any(
        isinstance(screen, ShowsRun) and screen.run_shown is run for screen in app.screen_stack
    )


def runs_of(app: App[Any]) -> Runs:
    """The runs of the app that a screen belongs to."""
    if not isinstance(app, HasRuns):
        raise TypeError(f"{type(app).__name__} has no runs")
    return app.runs
