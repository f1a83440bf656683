"""What can be done to pools."""

from collections.abc import Mapping, Sequence

from batchtui.core.gateway import Batch
from batchtui.core.models import Pool
from batchtui.core.orders.order import Order, Stake, gone
from batchtui.core.states import AllocationState, JobState, NodeState, PoolState
from batchtui.core.steering import Deallocation
from batchtui.core.together import together
from batchtui.core.wording import many, some

LARGE = 20
"""Nodes, or busy nodes' worth of work, from which deleting asks for more than a yes."""

WAKES = ("pools", "node_counts", "nodes")


def pool_orders(batch: Batch) -> Mapping[str, Order[Pool]]:
    """The orders to pools by the names that the panes know them by."""

    async def lost(pools: Sequence[Pool]) -> Stake:
        return await lost_with(batch, pools)

    return {
        "delete": Order(
            title="Delete pool", ask="Delete {}?", yes="Delete", done="{} is going.",
            noun="pool", name=_id, act=lambda pool: gone(batch.delete_pool(pool.id)), stake=lost,
            applies=lambda pool: pool.state is not PoolState.DELETING,
            unfit="deleted already", wakes=WAKES,
        ),
        "stop_resize": Order(
            title="Stop resizing", ask="Stop resizing {}?", yes="Stop",
            done="{} stops resizing.",
            noun="pool", name=_id, act=lambda pool: batch.stop_resize(pool.id), stake=_left_as,
            applies=lambda pool: pool.allocation_state is AllocationState.RESIZING,
            unfit="not being resized", wakes=WAKES,
        ),
        "disable_autoscale": Order(
            title="Autoscale off", ask="Turn autoscaling off for {}?", yes="Turn off",
            done="{} no longer scales by itself.",
            noun="pool", name=_id, act=lambda pool: batch.disable_autoscale(pool.id),
            stake=_kept, applies=lambda pool: pool.enable_auto_scale,
            unfit="off already", wakes=WAKES,
        ),
        "remove_start_task": Order(
            title="Remove start task", ask="Remove the start task of {}?", yes="Remove",
            done="{} has no start task.",
            noun="pool", name=_id, act=lambda pool: batch.remove_start_task(pool.id),
            stake=_unprepared, wakes=WAKES,
        ),
    }  # fmt: skip


def resizing(
    batch: Batch, pool: Pool, dedicated: int, spot: int, deallocation: Deallocation
) -> Order[Pool]:
    """The order to have so many nodes in a pool."""

    async def change(_pools: Sequence[Pool]) -> Stake:
        fewer = max(0, pool.current_dedicated_nodes - dedicated)
        fewer += max(0, pool.current_low_priority_nodes - spot)
        more = max(0, dedicated - pool.current_dedicated_nodes)
        more += max(0, spot - pool.current_low_priority_nodes)
        sentences = [f"From {_nodes(pool)} to {dedicated:,} dedicated and {spot:,} spot."]
        if more:
            sentences.append(f"Added: {many(more, 'node')}. Nodes cost as long as they are there.")
        if fewer:
            sentences.append(f"Gone with every file on them: {many(fewer, 'node')}.")
            sentences.append(FATES[deallocation])
        return Stake(tuple(sentences), large=fewer >= LARGE)

    return Order(
        title="Resize pool", ask="Resize {}?", yes="Resize", done="{} is being resized.",
        noun="pool", name=_id, stake=change, wakes=WAKES,
        act=lambda pool: batch.resize_pool(
            pool.id, dedicated=dedicated, spot=spot, deallocation=deallocation
        ),
    )  # fmt: skip


FATES = {
    Deallocation.REQUEUE: "Tasks that run there are stopped, and run again elsewhere.",
    Deallocation.TERMINATE: "Tasks that run there are stopped, and do not run again.",
    Deallocation.TASK_COMPLETION: "Tasks that run there go on; the nodes leave after them.",
    Deallocation.RETAINED_DATA: "Nodes stay until their tasks' files have been kept long enough.",
}
"""What becomes of the tasks on nodes that go, as a sentence."""


async def lost_with(batch: Batch, pools: Sequence[Pool]) -> Stake:
    """What goes with pools that are deleted."""
    jobs, counts = await together(batch.jobs(), batch.node_counts())
    ids = {pool.id for pool in pools}
    nodes = sum(pool.current_nodes for pool in pools)
    busy = sum(each.by_state().get(NodeState.RUNNING, 0) for each in counts if each.pool_id in ids)
    it, has = ("It", "has") if len(pools) == 1 else ("They", "have")
    sentences = [
        f"Deleted with {it.lower() if it == 'It' else 'them'}: {many(nodes, 'node')}, "
        "and every file on them."
        if nodes
        else f"{it} {has} no nodes."
    ]
    if busy:
        sentences.append(f"Busy now, their tasks interrupted: {many(busy, 'node')}.")
    stranded = [
        job.id for job in jobs if job.pool_id in ids and job.state is not JobState.COMPLETED
    ]
    if stranded:
        sentences.append(f"Left without a pool: {some(stranded)}.")
    return Stake(tuple(sentences), large=nodes >= LARGE or len(pools) >= LARGE)


async def _left_as(pools: Sequence[Pool]) -> Stake:
    here, wanted = sum(p.current_nodes for p in pools), sum(p.target_nodes for p in pools)
    return Stake((f"There are {many(here, 'node')} now, of {wanted:,} that were asked for.",))


async def _kept(_pools: Sequence[Pool]) -> Stake:
    return Stake(("The nodes stay as they are, and cost, until somebody resizes the pool.",))


async def _unprepared(pools: Sequence[Pool]) -> Stake:
    nodes = sum(pool.current_nodes for pool in pools)
    there = f"What it did on {many(nodes, 'node')} stays there until they are reimaged."
    lost = "Its command, files and settings are kept nowhere else."
    first = "Nodes to come take tasks as soon as they are up, whatever those need."
    return Stake((lost, first, there) if nodes else (lost, first))


def _nodes(pool: Pool) -> str:
    return (
        f"{pool.current_dedicated_nodes:,} dedicated and "
        f"{pool.current_low_priority_nodes:,} spot nodes"
    )


def _id(pool: Pool) -> str:
    return pool.id
