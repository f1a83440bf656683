"""What can be done to the nodes of a pool."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from batchtui.core.gateway import Batch
from batchtui.core.gateway_nodes import REMOVED_AT_ONCE
from batchtui.core.models import Node
from batchtui.core.orders.order import Order, Stake
from batchtui.core.orders.pools import FATES
from batchtui.core.states import AllocationState, NodeState, SchedulingState
from batchtui.core.steering import Deallocation
from batchtui.core.wording import many

LARGE = 20
"""Nodes from which what takes them away asks for more than a yes."""

WAKES = ("nodes", "node", "node_counts", "pools")

NAMED_WHOLE = 32
"""Characters of an id that a question can hold; Azure's have 72."""

UNDER_WAY = frozenset(
    {
        NodeState.CREATING, NodeState.REBOOTING, NodeState.REIMAGING, NodeState.LEAVING_POOL,
        NodeState.DEALLOCATING, NodeState.DEALLOCATED, NodeState.PREEMPTED,
        NodeState.UPGRADING_OS,
    }
)  # fmt: skip
"""States in which a node is not there to be restarted."""
PARKED = (NodeState.DEALLOCATED, NodeState.DEALLOCATING)
DISK = "Gone with that: every file on {its} disk, outputs of tasks included."
START_TASK = "{Its} start task runs again."
STAYS = "{Its} place in the pool remains, and what it costs."
PARKS = "{Its} place in the pool remains, to be started again."


def node_orders(batch: Batch, pool_id: str) -> Mapping[str, Order[Node]]:
    """The orders to nodes of that pool by the names that the panes know them by.

    Removing is not among them: nodes are removed together, see `removal`.
    """
    requeue, later = Deallocation.REQUEUE, Deallocation.TASK_COMPLETION
    return {
        "reboot": _order(
            "Reboot node", "Reboot", "{} reboots.",
            lambda node: batch.reboot_node(pool_id, node.id, requeue),
            _stake(requeue, START_TASK), _is_up, "it is not up",
        ),
        "reboot_later": _order(
            "Reboot node", "Reboot", "{} reboots once its tasks have ended.",
            lambda node: batch.reboot_node(pool_id, node.id, later),
            _stake(later, START_TASK), _is_up, "it is not up",
        ),
        "reimage": _order(
            "Reimage node", "Reimage", "{} gets a fresh disk.",
            lambda node: batch.reimage_node(pool_id, node.id, requeue),
            _stake(requeue, DISK, START_TASK, large=True), _is_up, "it is not up",
        ),
        "deallocate": _order(
            "Deallocate node", "Deallocate", "{} stops, and soon costs no more.",
            lambda node: batch.deallocate_node(pool_id, node.id, requeue),
            _stake(requeue, PARKS, large=True),
            lambda node: node.state not in PARKED, "it is deallocated already",
        ),
        "start": _order(
            "Start node", "Start", "{} starts.",
            lambda node: batch.start_node(pool_id, node.id),
            _costs, lambda node: node.state is NodeState.DEALLOCATED, "it is not deallocated",
        ),
        "disable": _order(
            "Take node offline", "Take offline", "{} gets no more tasks.",
            lambda node: batch.disable_scheduling(pool_id, node.id, requeue),
            _stake(requeue, STAYS), _takes_tasks,
            "it takes no tasks already",
        ),
        "drain": _order(
            "Drain node", "Drain", "{} gets no more tasks.",
            lambda node: batch.disable_scheduling(pool_id, node.id, later),
            _stake(later, STAYS), _takes_tasks,
            "it takes no tasks already",
        ),
        "enable": _order(
            "Bring node back", "Bring back", "{} takes tasks again.",
            lambda node: batch.enable_scheduling(pool_id, node.id),
            _nothing_lost, lambda node: not _takes_tasks(node), "it takes tasks already",
        ),
    }  # fmt: skip


def removal(
    batch: Batch, pool_id: str, nodes: Sequence[Node], *, look_every: float = 2.0
) -> tuple[Order[tuple[Node, ...]], tuple[tuple[Node, ...], ...]]:
    """The order to remove nodes from their pool, and the groups in which it is done.

    A group is what one request may remove. The service takes the next request only once the pool
    is steady again, at which is looked every so many seconds.
    """
    going = [node for node in nodes if node.state is not NodeState.LEAVING_POOL]
    groups = tuple(
        tuple(going[first : first + REMOVED_AT_ONCE])
        for first in range(0, len(going), REMOVED_AT_ONCE)
    )
    one_at_a_time = asyncio.Lock()

    async def steady() -> bool:
        return (await batch.pool(pool_id)).allocation_state is AllocationState.STEADY

    async def remove(group: tuple[Node, ...]) -> None:
        async with one_at_a_time:
            # The service tells nobody when a pool is steady: it has to be asked.
            while not await steady():  # noqa: ASYNC110
                await asyncio.sleep(look_every)
            ids = [node.id for node in group]
            await batch.remove_nodes(pool_id, ids, Deallocation.REQUEUE)

    async def lost(_groups: Sequence[tuple[Node, ...]]) -> Stake:
        its = "its disk" if len(going) == 1 else "their disks"
        sentences = (
            f"The pool shrinks by {many(len(going), 'node')}, and so does what it costs.",
            f"Gone with that: every file on {its}, outputs of tasks included.",
            *_running(going, Deallocation.REQUEUE),
        )
        return Stake(sentences, large=len(going) >= LARGE)

    words = f"node {_name(going[0])}" if len(going) == 1 else many(len(going), "node")
    single = len(groups) == 1 and len(groups[0]) == 1
    order = Order(
        title="Remove nodes", ask=f"Remove {words} from pool {pool_id}?", yes="Remove",
        done="{} leaves the pool." if single else "{} leave the pool.",
        noun="node" if single else "group" if len(groups) > 1 else "the",
        name=_group, act=remove, stake=lost, wakes=WAKES,
        unfit="they are leaving already",
    )  # fmt: skip
    return order, groups


def _order(
    title: str,
    verb: str,
    done: str,
    act: Callable[[Node], Awaitable[None]],
    stake: Callable[[Sequence[Node]], Awaitable[Stake]],
    applies: Callable[[Node], bool],
    unfit: str,
) -> Order[Node]:
    return Order(
        title=title, ask=f"{verb} {{}}?", yes=verb, done=done, noun="node",
        name=_name, act=act, stake=stake, applies=applies, unfit=unfit,
        wakes=WAKES,
    )  # fmt: skip


def _stake(
    fate: Deallocation, *sentences: str, large: bool = False
) -> Callable[[Sequence[Node]], Awaitable[Stake]]:
    async def stake(nodes: Sequence[Node]) -> Stake:
        its = "its" if len(nodes) == 1 else "their"
        told = (*(line.format(its=its, Its=its.title()) for line in sentences),
                *_running(nodes, fate))  # fmt: skip
        return Stake(told, large=large and len(nodes) >= LARGE)

    return stake


async def _costs(nodes: Sequence[Node]) -> Stake:
    return Stake((f"From then on {many(len(nodes), 'more node')} will cost.",))


async def _nothing_lost(_nodes: Sequence[Node]) -> Stake:
    return Stake(("Nothing is lost by it.",))


def _running(nodes: Sequence[Node], fate: Deallocation) -> tuple[str, ...]:
    """What becomes of the tasks that run on them."""
    tasks = sum(node.running_tasks_count for node in nodes)
    return (f"Running there now: {many(tasks, 'task')}. {FATES[fate]}",) if tasks else ()


def _is_up(node: Node) -> bool:
    return node.state not in UNDER_WAY


def _takes_tasks(node: Node) -> bool:
    return node.scheduling_state is not SchedulingState.DISABLED


def _name(node: Node) -> str:
    """The id, without its middle where it is as long as Azure makes them."""
    return node.id if len(node.id) <= NAMED_WHOLE else f"{node.id[:14]}…{node.id[-8:]}"


def _group(nodes: tuple[Node, ...]) -> str:
    return _name(nodes[0]) if len(nodes) == 1 else many(len(nodes), "node")
