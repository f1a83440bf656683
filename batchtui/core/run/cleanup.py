"""What becomes of the things that a run made."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from batchtui.core.events import Asking, Deleted, Event, Kept, Troubled
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Fact, Kind, Outcome, Thing
from batchtui.core.recipe.model import AfterTrouble, Cleanup, Fate
from batchtui.core.run.ownership import Ownership, Sight
from batchtui.core.wording import some

ORDER = (Kind.CONTAINER, Kind.JOB, Kind.POOL)
"""Blobs first, then the job; the pool's nodes go last."""

Fates = dict[Kind, Fate]
"""What becomes of the things of each kind."""


class CleanupRule(StrEnum):
    """When everything that a run made is deleted, whatever its recipe says."""

    ALWAYS = "always"
    SUCCESS = "success"
    NEVER = "never"


class Question(Struct, frozen=True):
    """Whether these things, all of one kind, are to be deleted. No is the safe answer."""

    kind: Kind
    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        plural = "s" if len(self.names) > 1 else ""
        return f"Delete {self.kind}{plural} {some(self.names, at_most=10)}?"


Decide = Callable[[Question], Awaitable[bool]]


def everywhere(fate: Fate) -> Fates:
    """The same fate for everything."""
    return dict.fromkeys(Kind, fate)


def fates_after(
    outcome: Outcome, cleanup: Cleanup, rule: CleanupRule | None, *, yes: bool
) -> Fates:
    """What becomes of each kind after a run that ended so.

    `cleanup` is the recipe's, which `rule` overrules; `yes` answers what would be asked. Only what
    has come to its end is cleaned up: an interrupted or refused run keeps everything.
    """
    if outcome not in (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.TIMED_OUT):
        return everywhere(Fate.KEEP)
    if rule is not None:
        wanted = rule is CleanupRule.ALWAYS or (
            rule is CleanupRule.SUCCESS and outcome is Outcome.SUCCEEDED
        )
        return everywhere(Fate.DELETE if wanted else Fate.KEEP)
    said: Cleanup | AfterTrouble = cleanup
    if outcome is not Outcome.SUCCEEDED:
        said = cleanup.on_failure if outcome is Outcome.FAILED else cleanup.on_timeout
    fates = {Kind.CONTAINER: said.containers, Kind.JOB: said.job, Kind.POOL: said.pool}
    if yes:
        fates = {k: Fate.DELETE if fate is Fate.ASK else fate for k, fate in fates.items()}
    return fates


class Book(Protocol):
    """Where a clean-up says and notes what becomes of each thing."""

    def say(self, event: Event) -> None: ...
    def note(self, kind: Kind, name: str, fact: Fact) -> None: ...


class Cleaner:
    """Deletes, asks about or keeps things, kind by kind, each only while it is the run's."""

    def __init__(
        self, book: Book, ownership: Ownership, decide: Decide, *, goodbye: float = 10.0
    ) -> None:
        """`goodbye` are the seconds that a deleted thing gets to be gone."""
        self._book = book
        self._ownership = ownership
        self._decide = decide
        self._goodbye = goodbye

    async def clean_up(self, left: Iterable[Thing], fates: Fates) -> None:
        """Everything is tried even when some of it fails. Raises the first `GatewayError` then."""
        errors: list[GatewayError] = []
        for kind in ORDER:
            things = tuple(thing for thing in left if thing.kind is kind)
            if not things:
                continue
            if await self._wanted(fates[kind], things):
                tried = [self._delete(thing) for thing in things]
                for result in await asyncio.gather(*tried, return_exceptions=True):
                    if isinstance(result, GatewayError):
                        errors.append(result)
                    elif result is not None:
                        raise result
            else:
                for thing in things:
                    self._book.say(Kept(kind=thing.kind, name=thing.name))
        if errors:
            raise errors[0]

    async def _wanted(self, fate: Fate, things: tuple[Thing, ...]) -> bool:
        if fate is not Fate.ASK:
            return fate is Fate.DELETE
        question = Question(things[0].kind, tuple(thing.name for thing in things))
        self._book.say(Asking(kind=question.kind, names=question.names))
        return await self._decide(question)

    async def _delete(self, thing: Thing) -> None:
        sight = await self._ownership.delete(thing.kind, thing.name)
        if sight is Sight.FOREIGN:
            self._book.note(thing.kind, thing.name, Fact.REFUSED)
            what = f"{thing.kind.capitalize()} {thing.name}"
            sentence = f"{what} was created by somebody else by now, and is not deleted."
            self._book.say(Troubled(sentence=sentence))
            return
        self._book.note(thing.kind, thing.name, Fact.DELETED)
        gone = sight is Sight.ABSENT or await self._gone(thing)
        self._book.say(Deleted(kind=thing.kind, name=thing.name, gone=gone))

    async def _gone(self, thing: Thing) -> bool:
        """Whether it went within the time that a run takes for its goodbye."""
        pause, until = 0.05, time.monotonic() + self._goodbye
        while await self._there(thing):
            if time.monotonic() >= until:
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 1.0)
        return True

    async def _there(self, thing: Thing) -> bool:
        try:
            sight = await self._ownership.look(thing.kind, thing.name)
        except GatewayError:
            # Whether a deletion that was accepted is through is a nicety: no error is worth it.
            return True
        return sight in (Sight.OURS, Sight.GOING)
