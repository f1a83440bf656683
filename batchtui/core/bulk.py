"""One order to many things: each has its own result, and a busy service only slows it down."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from batchtui.core.gateway import GatewayError
from batchtui.core.traffic import Traffic

T = TypeVar("T")

Rest = Callable[[float], Awaitable[None]]

BUSY = (429, 503)
"""The statuses by which the service says that it has too much to do."""


class Fate(StrEnum):
    WAITING = "waiting"
    UNDER_WAY = "under way"
    DONE = "done"
    FAILED = "failed"


class Item(Struct, frozen=True):
    """What has become of one thing; `said` is the reason of a failure, or of waiting."""

    name: str
    fate: Fate = Fate.WAITING
    said: str = ""


class Undertaking(Protocol):
    """Something that goes on piece by piece, and can be tried again where it failed."""

    told: Callable[[], None]
    """Called after every change."""

    @property
    def items(self) -> Sequence[Item]:
        """The pieces that there is something to say about."""
        ...

    @property
    def counts(self) -> Counter[Fate]:
        """How many pieces have come how far, those that nothing is said about too."""
        ...

    async def run(self) -> None:
        """Go on with all that is not done; those that failed before are tried again."""
        ...


async def patiently(
    act: Callable[[], Awaitable[None]], traffic: Traffic, say: Callable[[str], None]
) -> None:
    """Do one thing, again and again while the service is busy. Other refusals are raised.

    `say` gets a sentence on what is waited for, and an empty one when that is over.
    """
    bulk = Bulk([act], "", lambda chosen: chosen(), traffic)
    bulk.told = lambda: say(bulk.items[0].said)
    await bulk.run()
    if bulk.failure is not None:
        raise bulk.failure


class Bulk(Generic[T]):
    """Goes through the things, a few at once. `told` is called after every change."""

    AT_ONCE = 4
    FIRST_PAUSE = 1.0
    LONGEST_PAUSE = 30.0
    """Seconds; the pause doubles each time that the service is still busy."""

    def __init__(
        self,
        things: Sequence[T],
        name: Callable[[T], str] | str,
        act: Callable[[T], Awaitable[None]],
        traffic: Traffic,
        *,
        tried: int = 0,
        already: Collection[str] = (),
        rest: Rest = asyncio.sleep,
    ) -> None:
        """`tried`: how often each thing was tried before, when the service was busy. `already` are
        the service's codes for a thing that is so already: where an earlier try may have done it
        and the answer was lost, it has. `rest` waits for that many seconds."""
        self.items = [Item(name if isinstance(name, str) else name(thing)) for thing in things]
        self._counts = Counter({Fate.WAITING: len(self.items)})
        self.told: Callable[[], None] = lambda: None
        self.failure: GatewayError | None = None
        """The last failure."""
        self._things = things
        self._act = act
        self._traffic = traffic
        self._rest = rest
        self._tried = tried
        self._already = frozenset(already)
        self._unsure = set(range(len(things))) if tried else set[int]()
        """Things that an earlier try may have done."""
        self._pause = self.FIRST_PAUSE if tried else 0.0

    @property
    def counts(self) -> Counter[Fate]:
        return +self._counts

    async def run(self) -> None:
        left = [index for index, item in enumerate(self.items) if item.fate is not Fate.DONE]
        for index in left:
            if self.items[index].said:
                self._put(index, Fate.WAITING)
        waiting = iter(left)

        async def work() -> None:
            for index in waiting:
                await self._settle(index)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(self.AT_ONCE, len(left))):
                    workers.create_task(work())
        finally:
            for index, item in enumerate(self.items):
                if item.fate is Fate.UNDER_WAY:
                    self._unsure.add(index)
                    self._put(index, Fate.WAITING, "It was interrupted; it may have been done.")
                elif item.fate is Fate.WAITING and item.said:
                    self._put(index, Fate.WAITING)

    async def _settle(self, index: int) -> None:
        tries = self._tried
        while True:
            pause = max(self._pause, self._traffic.throttled)
            if tries:
                at = self._traffic.service_clock.now() + timedelta(seconds=pause)
                again = f"try {tries + 1} at {at:%H:%M:%S} UTC"
                self._put(index, Fate.WAITING, f"The service is busy: {again}.")
            if tries or len(self._things) > 1:
                # One thing alone is tried at once: its user waits for it.
                await self._rest(pause)
            tries += 1
            self._put(index, Fate.UNDER_WAY)
            try:
                await self._act(self._things[index])
            except GatewayError as error:
                if index in self._unsure and error.code in self._already:
                    self._put(index, Fate.DONE)
                    return
                if error.transient:
                    self._unsure.add(index)
                if error.status not in BUSY:
                    self.failure = error
                    unsure = "; it may have been done" if error.transient else ""
                    self._put(index, Fate.FAILED, f"{error}{unsure}")
                    return
                # All workers slow down together, since the account as a whole is throttled.
                self._pause = min(max(self._pause * 2, self.FIRST_PAUSE), self.LONGEST_PAUSE)
            else:
                self._pause = self._pause / 2 if self._pause > self.FIRST_PAUSE else 0.0
                self._put(index, Fate.DONE)
                return

    def _put(self, index: int, fate: Fate, said: str = "") -> None:
        before = self.items[index]
        # Kept up to date, for they are asked for far more often than an item changes.
        self._counts[before.fate] -= 1
        self._counts[fate] += 1
        self.items[index] = Item(before.name, fate, said)
        self.told()
