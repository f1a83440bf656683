"""What must be true of the account before anything is created in it."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from msgspec import Struct

from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Kind
from batchtui.core.models import Container, Job, Pool
from batchtui.core.plan import Plan
from batchtui.core.recipe.faults import Fault, Key, RecipeError, nearest
from batchtui.core.recipe.model import IfExists, Image
from batchtui.core.run.account import RunAccount
from batchtui.core.run.ownership import run_of
from batchtui.core.states import JobState, PoolState

T = TypeVar("T")


Named = tuple[Kind, str]


class Findings(Struct, frozen=True):
    """What the account has already."""

    node_agent: str
    """The SKU for the pool's image; empty for a pool that is to be used."""
    used: frozenset[Named]
    """Things of others, to be used as they are."""
    made: frozenset[Named]
    """What this run created before it was interrupted."""


async def preflight(plan: Plan, account: RunAccount) -> Findings:
    """Look at the account without changing it.

    Raises `RecipeError` for names that are taken and things that are not there, `RunError` without
    a storage account to work with, and `GatewayError`.
    """
    try:
        async with asyncio.TaskGroup() as looks:
            pool_look = looks.create_task(_pool(account, plan.pool_id))
            job_look = looks.create_task(_job(account, plan.recipe.job.id))
            agent_look = looks.create_task(_node_agent(plan, account))
            container_looks = [
                looks.create_task(_container(account, name)) for name in plan.containers.values()
            ]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    pool, job, agent = pool_look.result(), job_look.result(), agent_look.result()
    found = _found(pool, job, [look.result() for look in container_looks])
    made = frozenset(thing for thing, run_id in found.items() if run_id == plan.run_id)
    used = frozenset(found) - made
    faults = []
    if (Kind.JOB, plan.recipe.job.id) in used:
        faults.append(_taken_name(("job", "id"), "job", plan.recipe.job.id))
    elif job is not None and job.state is JobState.DELETING:
        faults.append(Fault(("job", "id"), f"the job {job.id!r} is being deleted"))
    faults.extend(_pool_faults(plan, pool))
    for role in plan.recipe.containers:
        container = plan.recipe.container(role)
        taken = (Kind.CONTAINER, container.name) in used
        if taken and container.if_exists is IfExists.FAIL:
            faults.append(_taken_name(("containers", role), "container", container.name))
    if isinstance(agent, Fault):
        faults.append(agent)
    if faults:
        raise RecipeError(plan.file, faults)
    return Findings(str(agent), used, made)


def _found(
    pool: Pool | None, job: Job | None, containers: Iterable[Container | None]
) -> dict[Named, str]:
    """What exists, each with the id of the run that created it, or an empty one."""
    found = {}
    if pool is not None:
        found[Kind.POOL, pool.id] = run_of(pool.metadata)
    if job is not None:
        found[Kind.JOB, job.id] = run_of(job.metadata)
    for container in containers:
        if container is not None:
            found[Kind.CONTAINER, container.name] = run_of(container.metadata)
    return found


def _taken_name(key: Key, what: str, name: str) -> Fault:
    hint = "" if what == "job" else ', or set if_exists = "use"'
    return Fault(key, f"a {what} {name!r} exists already; choose another name{hint}")


def _pool_faults(plan: Plan, pool: Pool | None) -> list[Fault]:
    recipe = plan.recipe.pool
    if recipe.use is not None and pool is None:
        return [Fault(("pool", "use"), f"the account has no pool {recipe.use!r}")]
    if pool is not None and pool.state is PoolState.DELETING:
        key: Key = ("pool", "id" if recipe.use is None else "use")
        return [Fault(key, f"the pool {pool.id!r} is being deleted; wait, or choose another name")]
    taken = pool is not None and run_of(pool.metadata) != plan.run_id
    if recipe.use is None and taken and recipe.if_exists is IfExists.FAIL:
        return [_taken_name(("pool", "id"), "pool", plan.pool_id)]
    return []


async def _pool(account: RunAccount, name: str) -> Pool | None:
    return await _there(account.batch(lambda batch: batch.pool(name)))


async def _job(account: RunAccount, name: str) -> Job | None:
    return await _there(account.batch(lambda batch: batch.job(name)))


async def _container(account: RunAccount, name: str) -> Container | None:
    return await _there(account.storage(lambda storage: storage.container(name)))


async def _node_agent(plan: Plan, account: RunAccount) -> str | Fault:
    image = plan.recipe.pool.image
    if image is None:
        return ""
    supported = await account.batch(lambda batch: batch.images())
    for each in supported:
        reference = each.image_reference
        if _spelled(image) == _named(reference.publisher, reference.offer, reference.sku):
            return each.node_agent_sku_id
    known = {
        _named(each.image_reference.publisher, each.image_reference.offer, each.image_reference.sku)
        for each in supported
    }
    sentence = (
        f"the service has not verified {_spelled(image)!r}; {nearest(_spelled(image), known)}"
    )
    return Fault(("pool", "image"), sentence)


def _spelled(image: Image) -> str:
    return _named(image.publisher, image.offer, image.sku)


def _named(publisher: str, offer: str, sku: str) -> str:
    return f"{publisher} {offer} {sku}".lower()


async def _there(look: Awaitable[T]) -> T | None:
    try:
        return await look
    except GatewayError as error:
        if error.missing:
            return None
        raise
