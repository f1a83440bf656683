"""What a run has created carries the run's id; what does not is somebody else's.

A creation or deletion whose answer was lost is settled by looking, never by the status of the
next attempt.
"""

from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from batchtui.core.gateway import Batch, GatewayError, Storage
from batchtui.core.ledger import Kind
from batchtui.core.models import NameValue
from batchtui.core.run.account import RunAccount
from batchtui.core.specs import JobSpec, PoolSpec
from batchtui.core.states import JobState, PoolState

S = TypeVar("S")

RUN, RECIPE = "batchtui-run", "recipe"
CONTAINER_RUN = "batchtui_run"
"""In the metadata of containers, whose names have to be identifiers."""


class Sight(StrEnum):
    """What a look at a thing finds."""

    ABSENT = "absent"
    OURS = "ours"
    GOING = "ours, and being deleted"
    FOREIGN = "somebody else's"


class NotCreatedError(GatewayError):
    """The service refused a creation, and no such thing of this run exists."""


def labels(run_id: str, recipe: str) -> tuple[NameValue, ...]:
    """The metadata of a run's pool and job."""
    return NameValue(RUN, run_id), NameValue(RECIPE, recipe)


def container_labels(run_id: str, recipe: str) -> dict[str, str]:
    """The metadata of a run's containers, which is sent in headers and so is ASCII."""
    named = {RECIPE: recipe} if recipe.isascii() and recipe.isprintable() else {}
    return {CONTAINER_RUN: run_id, **named}


def run_of(metadata: Iterable[NameValue]) -> str:
    """The id of the run that created a thing with this metadata; empty for none."""
    return _value(metadata, RUN) or _value(metadata, CONTAINER_RUN)


def recipe_of(metadata: Iterable[NameValue]) -> str:
    return _value(metadata, RECIPE)


def _value(metadata: Iterable[NameValue], name: str) -> str:
    return next((pair.value for pair in metadata if pair.name.casefold() == name), "")


class Ownership:
    """Creates, looks at and deletes the things of one run."""

    def __init__(
        self, account: RunAccount, run_id: str, recipe: str, *, labelled: bool = True
    ) -> None:
        """`labelled`: whether the run's containers carry its id, as those of old runs do not."""
        self._account = account
        self._run_id = run_id
        self._recipe = recipe
        self._labelled = labelled

    async def create_container(self, name: str) -> None:
        """Raises `NotCreatedError`; and `GatewayError` where it may have been created."""
        metadata = container_labels(self._run_id, self._recipe)
        await self._account.storage(
            _creation(
                lambda storage: storage.create_container(name, metadata=metadata),
                lambda storage: self._container(storage, name),
                f"container {name}",
            )
        )

    async def create_pool(self, pool: PoolSpec) -> None:
        """Raises `NotCreatedError`; and `GatewayError` where it may have been created."""
        await self._account.batch(
            _creation(
                lambda batch: batch.create_pool(pool),
                lambda batch: self._pool(batch, pool.id),
                f"pool {pool.id}",
            )
        )

    async def create_job(self, job: JobSpec) -> None:
        """Raises `NotCreatedError`; and `GatewayError` where it may have been created."""
        await self._account.batch(
            _creation(
                lambda batch: batch.create_job(job),
                lambda batch: self._job(batch, job.id),
                f"job {job.id}",
            )
        )

    async def delete(self, kind: Kind, name: str) -> Sight:
        """Have it deleted if it is the run's; what a look at it found, right before.

        Raises `GatewayError`.
        """
        match kind:
            case Kind.CONTAINER:
                return await self._account.storage(
                    _deletion(
                        lambda storage: storage.delete_container(name),
                        lambda storage: self._container(storage, name),
                    )
                )
            case Kind.JOB:
                return await self._account.batch(
                    _deletion(
                        lambda batch: batch.delete_job(name), lambda batch: self._job(batch, name)
                    )
                )
            case Kind.POOL:
                return await self._account.batch(
                    _deletion(
                        lambda batch: batch.delete_pool(name), lambda batch: self._pool(batch, name)
                    )
                )

    async def look(self, kind: Kind, name: str) -> Sight:
        """Raises `GatewayError`."""
        match kind:
            case Kind.CONTAINER:
                return await self._account.storage(lambda storage: self._container(storage, name))
            case Kind.JOB:
                return await self._account.batch(lambda batch: self._job(batch, name))
            case Kind.POOL:
                return await self._account.batch(lambda batch: self._pool(batch, name))

    async def _container(self, storage: Storage, name: str) -> Sight:
        try:
            found = await storage.container(name)
        except GatewayError as error:
            return _sight_of(error)
        return self._whose(found.metadata) if self._labelled else Sight.OURS

    async def _pool(self, batch: Batch, name: str) -> Sight:
        try:
            found = await batch.pool(name)
        except GatewayError as error:
            return _sight_of(error)
        return self._whose(found.metadata, going=found.state is PoolState.DELETING)

    async def _job(self, batch: Batch, name: str) -> Sight:
        try:
            found = await batch.job(name)
        except GatewayError as error:
            return _sight_of(error)
        return self._whose(found.metadata, going=found.state is JobState.DELETING)

    def _whose(self, metadata: Iterable[NameValue], *, going: bool = False) -> Sight:
        if run_of(metadata) != self._run_id:
            return Sight.FOREIGN
        return Sight.GOING if going else Sight.OURS


def _sight_of(error: GatewayError) -> Sight:
    if error.missing or error.code.endswith("BeingDeleted"):
        return Sight.ABSENT
    raise error


def _creation(
    create: Callable[[S], Awaitable[None]], see: Callable[[S], Awaitable[Sight]], what: str
) -> Callable[[S], Awaitable[None]]:
    """An attempt to create a thing, which may be made again whatever became of the one before."""
    asked = False

    async def attempt(service: S) -> None:
        nonlocal asked
        if asked and await see(service) is Sight.OURS:
            return
        asked = True
        try:
            await create(service)
        except GatewayError as error:
            if error.transient:
                raise
            sight = await _seen_after(error, see(service))
            if sight is Sight.OURS:
                return
            if error.exists:
                why = f"Could not create {what}: somebody else has created one of that name"
                raise NotCreatedError(why, status=error.status, code=error.code) from error
            raise NotCreatedError(str(error), status=error.status, code=error.code) from error

    return attempt


async def _seen_after(error: GatewayError, look: Awaitable[Sight]) -> Sight:
    """What a look finds after a refusal; where it is refused too, the first error stands."""
    try:
        return await look
    except GatewayError as unseen:
        if unseen.transient:
            raise
        raise error from unseen


def _deletion(
    delete: Callable[[S], Awaitable[None]], see: Callable[[S], Awaitable[Sight]]
) -> Callable[[S], Awaitable[Sight]]:
    """An attempt to delete a thing, which looks first whose it is by now."""

    async def attempt(service: S) -> Sight:
        sight = await see(service)
        if sight is not Sight.OURS:
            return sight
        try:
            await delete(service)
        except GatewayError as error:
            if not error.missing and not error.code.endswith("BeingDeleted"):
                raise
        return Sight.OURS

    return attempt
