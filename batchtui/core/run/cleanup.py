"""What becomes of the things that a run made."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from batchtui.core.events import Asking, Deleted, Kept
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Kind, Thing
from batchtui.core.recipe.model import Cleanup, Fate
from batchtui.core.run.journal import Journal
from batchtui.core.run.preflight import storage_of
from batchtui.core.wording import some

ORDER = (Kind.CONTAINER, Kind.JOB, Kind.POOL)
"""Blobs first, then the job; the pool's nodes go last."""


class Question(Struct, frozen=True):
    """Whether these things, all of one kind, are to be deleted. No is the safe answer."""

    kind: Kind
    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        plural = "s" if len(self.names) > 1 else ""
        return f"Delete {self.kind}{plural} {some(self.names, at_most=10)}?"


Decide = Callable[[Question], Awaitable[bool]]


def everywhere(fate: Fate) -> Cleanup:
    """The same fate for everything."""
    return Cleanup(containers=fate, job=fate, pool=fate)


async def clean_up(journal: Journal, wishes: Cleanup, decide: Decide) -> None:
    """Delete, ask or keep what the run made, kind by kind; what existed before stays.

    Everything is tried even when some of it fails. Raises the first `GatewayError` then.
    """
    fates = {Kind.CONTAINER: wishes.containers, Kind.JOB: wishes.job, Kind.POOL: wishes.pool}
    errors: list[GatewayError] = []
    for kind in ORDER:
        things = tuple(thing for thing in journal.record.left if thing.kind is kind)
        if not things:
            continue
        if await _wanted(journal, fates[kind], things, decide):
            tried = [_delete(journal, thing) for thing in things]
            results = await asyncio.gather(*tried, return_exceptions=True)
            for result in results:
                if isinstance(result, GatewayError):
                    errors.append(result)
                elif result is not None:
                    raise result
        else:
            for thing in things:
                journal.say(Kept(kind=thing.kind, name=thing.name))
    if errors:
        raise errors[0]


async def _wanted(journal: Journal, fate: Fate, things: tuple[Thing, ...], decide: Decide) -> bool:
    if fate is not Fate.ASK:
        return fate is Fate.DELETE
    question = Question(things[0].kind, tuple(thing.name for thing in things))
    journal.say(Asking(kind=question.kind, names=question.names))
    return await decide(question)


async def _delete(journal: Journal, thing: Thing) -> None:
    try:
        await _request(journal, thing)
    except GatewayError as error:
        under_way = error.status == 409 and error.code.endswith("BeingDeleted")
        if not error.missing and not under_way:
            raise
    journal.deleted(thing.kind, thing.name)
    gone = await _gone(journal, thing)
    journal.say(Deleted(kind=thing.kind, name=thing.name, gone=gone))


async def _request(journal: Journal, thing: Thing) -> None:
    match thing.kind:
        case Kind.CONTAINER:
            await storage_of(journal.gateway).delete_container(thing.name)
        case Kind.JOB:
            await journal.gateway.batch.delete_job(thing.name)
        case Kind.POOL:
            await journal.gateway.batch.delete_pool(thing.name)


async def _gone(journal: Journal, thing: Thing) -> bool:
    """Whether it went within the time that a run takes for its goodbye."""
    pause, until = 0.05, journal.elapsed + journal.pace.goodbye
    while await _there(journal, thing):
        if journal.elapsed >= until:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 1.0)
    return True


async def _there(journal: Journal, thing: Thing) -> bool:
    try:
        match thing.kind:
            case Kind.CONTAINER:
                return await storage_of(journal.gateway).container_exists(thing.name)
            case Kind.JOB:
                await journal.gateway.batch.job(thing.name)
            case Kind.POOL:
                await journal.gateway.batch.pool(thing.name)
    except GatewayError as error:
        # Whether a deletion that was accepted is through is a nicety: no error is worth it.
        return not error.missing
    return True
