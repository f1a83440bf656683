"""An account without sockets, whose time stands still until a test lets it go by."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.executors import Executor
from batchtui.local.settings import Settings
from batchtui.local.simulated.behaviour import Behaviour
from batchtui.local.simulated.executor import SimulatedExecutor
from batchtui.local.simulated.site import SimulatedSite
from batchtui.local.simulated.world_parts import WorldFile
from batchtui.local.store import Store
from batchtui.local.world.rules import Rules
from batchtui.local.world.world import World
from tests.local.conftest import KEY

P = ParamSpec("P")
T = TypeVar("T")


class Bell:
    """An alarm of a `SteppedPace`."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self._callback = None

    def ring(self) -> None:
        if self._callback:
            self._callback()


class SteppedPace:
    """Time that goes from one alarm to the next, by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self._bells: list[tuple[float, int, Bell]] = []
        self._numbers = count()

    def time_ns(self) -> int:
        return round(self.now * 1e9)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Bell:
        bell = Bell(callback)
        heappush(self._bells, (self.now + max(seconds, 0.0), next(self._numbers), bell))
        return bell

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        bell = self.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            bell.cancel()

    def to_next(self, end: float) -> bool:
        """Go to the next alarm and ring it; False, and at the end, when there is none before it."""
        if not self._bells or self._bells[0][0] > end:
            self.now = end
            return False
        self.now, _, bell = heappop(self._bells)
        bell.ring()
        return True


class IdleSelector(selectors.DefaultSelector):
    """Tells when the event loop has nothing left to do but to wait."""

    idle: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.idle and (timeout is None or timeout > 0):
            self.idle()
            timeout = 0
        return super().select(timeout)


class AtOnce(ThreadPoolExecutor):
    """Runs what is meant for a thread where it is: a stepped test has no other threads."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Witness:
    """Lets an executor run, and has each beginning looked at."""

    def __init__(self, executor: Executor, look: Callable[[World, Launch], None]) -> None:
        self._executor = executor
        self._look = look
        self.world: World | None = None

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        if self.world:
            self._look(self.world, launch)
        return await self._executor.run(launch, running=running)


class Rig:
    """An account by its rules. Every method returns when nothing is left to do at that moment."""

    def __init__(
        self, world: WorldFile, data_dir: Path, look: Callable[[World, Launch], None]
    ) -> None:
        self._behaviour = Behaviour(world)
        self._data_dir = data_dir
        self._look = look
        self._selector = IdleSelector()
        self._loop = asyncio.SelectorEventLoop(self._selector)
        self._loop.set_default_executor(AtOnce())
        self.pace = SteppedPace()
        self.rules = self._open()

    def do(self, change: Callable[[Rules], T]) -> T:
        """Call the rules as a request would."""
        result = self._run(self._call(change))
        self._settle()
        return result

    def pass_time(self, seconds: float) -> None:
        end = self.pace.now + seconds
        while self._run(self._step(end)):
            self._settle()
        self._settle()

    def restart(self) -> None:
        """Stop the account and start it again on what the store holds."""
        self._close()
        self.rules = self._open()

    def close(self) -> None:
        try:
            self._close()
        finally:
            self._run(self._loop.shutdown_default_executor())
            self._loop.close()

    def _open(self) -> Rules:
        store = Store(self._data_dir / "account.db", soon=self._loop.call_soon)
        settings = Settings(account="rig", key=KEY, data_dir=self._data_dir)
        site = SimulatedSite(
            data_dir=self._data_dir,
            account="rig",
            endpoint="http://rig",
            behaviour=self._behaviour,
            pace=self.pace,
        )
        executor = SimulatedExecutor(self._behaviour, self.pace)
        witness = Witness(executor, self._look)
        world = witness.world = World(settings, store, witness, site, self.pace)
        executor.attend(world)
        rules = Rules(world)
        self._run(self._call(lambda _: rules.resume(), rules))
        self._settle()
        return rules

    def _close(self) -> None:
        try:
            self._run(self.rules.stop())
        finally:
            self.rules.world.store.close()

    async def _call(self, change: Callable[[Rules], T], rules: Rules | None = None) -> T:
        return change(rules or self.rules)

    async def _step(self, end: float) -> bool:
        return self.pace.to_next(end)

    def _settle(self) -> None:
        self._run(self._idle())
        if self.rules_failed():
            raise BaseExceptionGroup("in the background", self.rules.world.failures)

    def rules_failed(self) -> bool:
        return bool(getattr(self, "rules", None) and self.rules.world.failures)

    async def _idle(self) -> None:
        idle = self._loop.create_future()
        self._selector.idle = lambda: None if idle.done() else idle.set_result(None)
        await idle
        self._selector.idle = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)
