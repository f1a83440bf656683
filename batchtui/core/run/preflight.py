"""What must be true of the account before anything is created in it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from msgspec import Struct

from batchtui.core.gateway import Gateway, GatewayError, Storage
from batchtui.core.models import Pool
from batchtui.core.plan import Plan
from batchtui.core.recipe.faults import Fault, Key, RecipeError, nearest
from batchtui.core.recipe.model import IfExists, Image
from batchtui.core.run.journal import RunError
from batchtui.core.states import PoolState

T = TypeVar("T")


class Findings(Struct, frozen=True):
    """What the account has already."""

    node_agent: str
    """The SKU for the pool's image; empty for a pool that exists."""
    containers: frozenset[str]
    """Names of the containers to be used as they are."""
    pool: bool
    """Whether the pool is to be used as it is."""


async def preflight(plan: Plan, gateway: Gateway) -> Findings:
    """Look at the account without changing it.

    Raises `RecipeError` for names that are taken and things that are not there, `RunError` without
    a storage account to work with, and `GatewayError`.
    """
    storage = storage_of(gateway) if plan.recipe.containers else None
    pool, job, agent, containers = await asyncio.gather(
        _there(gateway.batch.pool(plan.pool_id)),
        _there(gateway.batch.job(plan.recipe.job.id)),
        _node_agent(plan, gateway),
        _taken(plan, storage),
    )
    faults = []
    if job is not None:
        faults.append(_taken_name(("job", "id"), "job", plan.recipe.job.id))
    faults.extend(_pool_faults(plan, pool))
    for role in plan.recipe.containers:
        container = plan.recipe.container(role)
        if container.name in containers and container.if_exists is IfExists.FAIL:
            faults.append(_taken_name(("containers", role), "container", container.name))
    if isinstance(agent, Fault):
        faults.append(agent)
    if faults:
        raise RecipeError(plan.file, faults)
    return Findings(str(agent), containers, pool is not None)


def storage_of(gateway: Gateway) -> Storage:
    """Raises `RunError` where there is none."""
    if gateway.storage is None:
        raise RunError(
            "This profile has no storage account, which the recipe's containers need: set "
            "AZURE_STORAGE_ACCOUNT, or name one in the profile."
        )
    return gateway.storage


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
    if recipe.use is None and pool is not None and recipe.if_exists is IfExists.FAIL:
        return [_taken_name(("pool", "id"), "pool", plan.pool_id)]
    return []


async def _taken(plan: Plan, storage: Storage | None) -> frozenset[str]:
    if storage is None:
        return frozenset()
    names = list(plan.containers.values())
    taken = await asyncio.gather(*(storage.container_exists(name) for name in names))
    return frozenset(name for name, there in zip(names, taken, strict=True) if there)


async def _node_agent(plan: Plan, gateway: Gateway) -> str | Fault:
    image = plan.recipe.pool.image
    if image is None:
        return ""
    supported = await gateway.batch.images()
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
