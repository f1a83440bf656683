"""Counts of the things on screen, where the service gives no counts with its listings."""

import asyncio
import itertools
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from batchtui.core.feed import About
from batchtui.core.gateway import GatewayError

T = TypeVar("T")

NEVER = 0, -math.inf
"""The last try of what was never tried."""


class Count(Struct, Generic[T], frozen=True):
    """How much there was of one thing. `at`: seconds on the clock, when it was asked for."""

    value: T
    at: float
    identity: object = None
    """What tells the thing from another one that has its name later."""


class Counts(Mapping[str, T]):
    """What is known of each thing by its name. Never changes."""

    def __init__(
        self,
        values: Mapping[str, T],
        errors: Mapping[str, str],
        *,
        error: str = "",
        oldest: float | None = None,
        asked: bool = True,
        left: bool = False,
    ) -> None:
        """`errors`: why a thing could not be counted the last time; `error` is the first of them
        that matters on screen. `oldest`: when that of the things on screen was counted which was
        counted longest ago. `asked`: whether any was now. `left`: whether some that were due were
        not."""
        self.errors = errors
        self.error = error
        self.oldest = oldest
        self.asked = asked
        self.left = left
        self._values = values

    def __getitem__(self, name: str) -> T:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Counts):
            return self._values == other._values and self.errors == other.errors
        return not self.errors and self._values == other

    def only(self, names: Iterable[str]) -> "Counts[T]":
        """Without the things of other names."""
        kept = set(names)
        return Counts(
            {name: value for name, value in self._values.items() if name in kept},
            self.errors,
            error=self.error,
            oldest=self.oldest,
            asked=self.asked,
            left=self.left,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Counts({self._values!r}, {self.errors!r})"


def about(counts: Mapping[str, object], at: float) -> About:
    """What a feed is to say of its counts."""
    if not isinstance(counts, Counts):
        return About(at)
    oldest = at if counts.oldest is None else counts.oldest
    return About(oldest, counts.error, counts.asked, counts.left)


def errors_of(counts: Mapping[str, object]) -> Mapping[str, str]:
    """Why things could not be counted the last time, by their names."""
    return counts.errors if isinstance(counts, Counts) else {}


class Tallies(Generic[T]):
    """One count per thing, fetched a few at a time: what is on screen always, the others in turn.

    One thing that cannot be counted keeps its last count, and the others are counted all the same.
    """

    AT_ONCE = 8
    SHOWN_EACH = 8
    OTHERS_EACH = 4
    """Counts that are brought up to date at each fetch, on screen and off it."""
    OVERDUE = 1.5
    """Rounds of turns after which a count on screen waits for its turn no longer: the service was
    slow, or failed."""

    def __init__(
        self,
        count: Callable[[str], Awaitable[T]],
        *,
        clock: Callable[[], float],
        every: float,
        rest: Callable[[str, Count[T]], float] = lambda _name, _count: 0.0,
        things: Callable[[], Mapping[str, object] | None] = lambda: None,
        spare: Callable[[], bool] = lambda: True,
    ) -> None:
        """Nothing is counted twice within `every` seconds, or within as many as `rest` says of a
        count: infinite for what cannot change any more. `things` gives the identity of all that
        there are, by their names, as far as that is known: counts of others are forgotten. `spare`:
        whether enough requests are left for what is not on screen."""
        self.shown: tuple[str, ...] = ()
        """What is on screen."""
        self.others: tuple[str, ...] = ()
        """What counts for a sum although it is not on screen; a few of them at each turn."""
        self._count = count
        self._clock = clock
        self._every = every
        self._rest = rest
        self._things = things
        self._spare = spare
        self._known: dict[str, Count[T]] = {}
        self._errors: dict[str, str] = {}
        self._tried: dict[str, tuple[int, float]] = {}
        """The how manieth try of all was the last one of each thing, and when."""
        self._tries = itertools.count(1)
        self._wished = 0
        """The number of tries when the user last wished to see everything anew."""

    def sweep(self) -> None:
        """Count all that is on screen the next time, also where a look is under way now."""
        self._wished = next(self._tries)

    async def fetch(self) -> Counts[T]:
        """Every count known so far, some of them fresh: see `_due`.

        Raises `GatewayError` where not one could be brought up to date.
        """
        self._forget()
        due = self._due()
        waiting, began = iter(due), self._clock()
        failed: list[GatewayError] = []
        counted: list[str] = []
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(self.AT_ONCE, len(due))):
                workers.create_task(self._work(waiting, began, counted, failed))
        if failed and not counted:
            raise failed[0]
        return Counts(
            {name: count.value for name, count in self._known.items()},
            dict(self._errors),
            error=next((self._errors[name] for name in self.shown if name in self._errors), ""),
            oldest=self._oldest_shown(),
            asked=bool(due),
            left=next(waiting, None) is not None,
        )

    def _forget(self) -> None:
        """Let go of what is gone, and of what another thing of the same name was counted at."""
        things = self._things()
        if things is None:
            return
        for name in self._tried.keys() - things.keys() - {*self.shown, *self.others}:
            self._drop(name)
        for name, count in tuple(self._known.items()):
            if name in things and things[name] != count.identity:
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._tried.pop(name, None)
        self._known.pop(name, None)
        self._errors.pop(name, None)

    def _due(self) -> list[str]:
        """What came on screen or failed, then what was counted longest ago; a full screen takes
        its turns.

        A request each for a screen of jobs at every look would be most of a dashboard's traffic.
        """
        shown = tuple(dict.fromkeys(self.shown))
        first = [
            name
            for name in shown
            if name in self._errors or self._tried.get(name, NEVER)[0] <= self._wished
        ]
        turns = self._oldest([name for name in shown if name not in first])
        rounds = max(2.0, self.OVERDUE * math.ceil(len(shown) / self.SHOWN_EACH))
        long_ago = self._clock() - rounds * self._every
        overdue = sum(self._tried[name][1] < long_ago for name in turns)
        others = [name for name in self.others if name not in shown] if self._spare() else []
        return [
            *first,
            *turns[: max(self.SHOWN_EACH, overdue)],
            *self._oldest(others)[: self.OTHERS_EACH],
        ]

    def _oldest(self, names: list[str]) -> list[str]:
        """Those that may be counted again, the one that was tried longest ago first."""
        now = self._clock()
        tried = {name: self._tried.get(name, NEVER) for name in names}
        due = [name for name in names if now >= tried[name][1] + self._resting(name)]
        return sorted(due, key=lambda name: tried[name])

    def _resting(self, name: str) -> float:
        count = self._known.get(name)
        if count is None or name in self._errors:
            return self._every
        return max(self._every, self._rest(name, count))

    def _oldest_shown(self) -> float | None:
        """Without what changes no more, or hardly: its count may be older and still be right."""
        times = [
            self._known[name].at
            for name in self.shown
            if name in self._known and self._resting(name) <= self._every
        ]
        return min(times, default=None)

    async def _work(
        self,
        waiting: Iterator[str],
        began: float,
        counted: list[str],
        failed: list[GatewayError],
    ) -> None:
        # Where nothing gets through each further try takes its time for nothing, and a slow service
        # is not to hold up what is counted already.
        while (counted or len(failed) < self.AT_ONCE) and self._clock() - began <= self._every:
            name = next(waiting, None)
            if name is None:
                return
            now = self._clock()
            self._tried[name] = next(self._tries), now
            identity = (self._things() or {}).get(name)
            try:
                self._known[name] = Count(await self._count(name), now, identity)
                self._errors.pop(name, None)
                counted.append(name)
            except GatewayError as error:
                if error.missing:
                    # Deleted since the listing that put it on screen.
                    self._known.pop(name, None)
                    self._errors.pop(name, None)
                    counted.append(name)
                else:
                    self._errors[name] = str(error)
                    failed.append(error)
