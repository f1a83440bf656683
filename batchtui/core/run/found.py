"""Runs that an account shows by what they created, whoever carried them out, and from where."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from batchtui.core.events import Event
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Fact, Kind, Thing
from batchtui.core.models import Container, Job, Pool, PoolNodeCounts, TaskCounts
from batchtui.core.prices import Cost, Prices, billed
from batchtui.core.run.account import RunAccount
from batchtui.core.run.journal import Publish
from batchtui.core.run.ownership import recipe_of, run_of
from batchtui.core.states import JobState, PoolState
from batchtui.core.wording import in_time, many

YOUNG = timedelta(hours=1)
"""A run that began less than that ago may be under way on another machine."""


class FoundRun(Struct, frozen=True):
    """What carries the id of one run."""

    run_id: str
    recipe: str
    things: tuple[Thing, ...]
    began: datetime | None
    """When the first of its things was created, as far as the service says."""
    nodes: int = 0
    """Nodes that cost something at this moment."""
    cost: Cost | None = None
    """Per hour; None where no price is known."""
    jobs: tuple[str, ...] = ()
    """Those of its jobs that may still run tasks."""

    def age(self, now: datetime) -> timedelta | None:
        return None if self.began is None else now - self.began


async def found_runs(account: RunAccount, prices: Prices) -> tuple[FoundRun, ...]:
    """All runs that left something in the account, oldest first. Raises `GatewayError`.

    What is being deleted already counts as gone.
    """
    try:
        async with asyncio.TaskGroup() as looks:
            pools = looks.create_task(_pools(account))
            jobs = looks.create_task(_jobs(account))
            containers = looks.create_task(_containers(account))
            counts = looks.create_task(_counts(account))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    sightings: dict[str, list[_Sighting]] = {}
    for sighting in (
        *_seen_pools(pools.result(), counts.result(), prices),
        *_seen_jobs(jobs.result()),
        *_seen_containers(containers.result()),
    ):
        if sighting.run_id:
            sightings.setdefault(sighting.run_id, []).append(sighting)
    runs = [_run(run_id, seen) for run_id, seen in sightings.items()]
    return tuple(sorted(runs, key=lambda run: (run.began is None, run.began, run.run_id)))


async def why_left_alone(account: RunAccount, run: FoundRun, now: datetime) -> str:
    """Why a run of another machine looks as if it was still under way; empty if it does not.

    Nobody can know for certain: the machine that carries it out tells nothing. Raises
    `GatewayError`.
    """
    for job_id in run.jobs:
        counts = await _task_counts(account, job_id)
        open_tasks = counts.active + counts.running
        if open_tasks:
            return f"{many(open_tasks, 'task')} of its job {job_id} wait or run"
    age = run.age(now)
    if age is not None and age < YOUNG:
        return f"it began {in_time(age)} ago"
    return ""


class Aloud:
    """Tells what becomes of a found run's things; this machine's ledger has nothing of it."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish

    def say(self, event: Event) -> None:
        self._publish(event)

    def note(self, kind: Kind, name: str, fact: Fact) -> None:
        """Where nothing was written down, there is nothing to put right."""


class _Sighting(Struct, frozen=True):
    run_id: str
    recipe: str
    thing: Thing
    created: datetime | None
    nodes: int = 0
    cost: Cost | None = Cost()
    open_job: bool = False


def _run(run_id: str, seen: list[_Sighting]) -> FoundRun:
    created = [each.created for each in seen if each.created is not None]
    costs = [each.cost for each in seen if each.cost is not None]
    return FoundRun(
        run_id=run_id,
        recipe=next((each.recipe for each in seen if each.recipe), ""),
        things=tuple(each.thing for each in seen),
        began=min(created, default=None),
        nodes=sum(each.nodes for each in seen),
        cost=sum(costs, start=Cost()) if len(costs) == len(seen) else None,
        jobs=tuple(each.thing.name for each in seen if each.open_job),
    )


def _seen_pools(
    pools: Iterable[Pool], counts: Mapping[str, PoolNodeCounts], prices: Prices
) -> Iterator[_Sighting]:
    for pool in pools:
        if pool.state is not PoolState.DELETING:
            yield _Sighting(
                run_of(pool.metadata),
                recipe_of(pool.metadata),
                Thing(Kind.POOL, pool.id, Fact.CREATED),
                pool.creation_time,
                nodes=sum(billed(pool, counts.get(pool.id))),
                cost=prices.of(pool, counts.get(pool.id)),
            )


def _seen_jobs(jobs: Iterable[Job]) -> Iterator[_Sighting]:
    for job in jobs:
        if job.state is not JobState.DELETING:
            yield _Sighting(
                run_of(job.metadata),
                recipe_of(job.metadata),
                Thing(Kind.JOB, job.id, Fact.CREATED),
                job.creation_time,
                open_job=not job.over,
            )


def _seen_containers(containers: Iterable[Container]) -> Iterator[_Sighting]:
    for container in containers:
        yield _Sighting(
            run_of(container.metadata),
            recipe_of(container.metadata),
            Thing(Kind.CONTAINER, container.name, Fact.CREATED),
            # Storage tells no other time; nothing of ours changes a container later.
            container.last_modified,
        )


async def _pools(account: RunAccount) -> tuple[Pool, ...]:
    return await account.batch(lambda batch: batch.pools(with_metadata=True))


async def _jobs(account: RunAccount) -> tuple[Job, ...]:
    return await account.batch(lambda batch: batch.jobs(with_metadata=True))


async def _containers(account: RunAccount) -> tuple[Container, ...]:
    if not account.has_storage:
        return ()
    return await account.storage(lambda storage: storage.containers(with_metadata=True))


async def _counts(account: RunAccount) -> dict[str, PoolNodeCounts]:
    counts = await account.batch(lambda batch: batch.node_counts())
    return {each.pool_id: each for each in counts}


async def _task_counts(account: RunAccount, job_id: str) -> TaskCounts:
    try:
        return await account.batch(lambda batch: batch.task_counts(job_id))
    except GatewayError as error:
        if error.missing:
            return TaskCounts()
        raise
