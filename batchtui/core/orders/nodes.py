"""What can be done to the nodes of a pool."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from batchtui.core.gateway import Batch
from batchtui.core.models import Node
from batchtui.core.orders.order import Order, Stake
from batchtui.core.orders.pools import FATES
from batchtui.core.states import NodeState, SchedulingState
from batchtui.core.steering import Deallocation
from batchtui.core.wording import many

LARGE = 20
"""Nodes from which what takes them away asks for more than a yes."""

WAKES = ("nodes", "node", "node_counts", "pools")

NAMED_WHOLE = 32
"""Characters of an id that a question can hold; Azure's have 72."""

NOW, LATER = Deallocation.REQUEUE, Deallocation.TASK_COMPLETION
"""Whether the tasks of a node are stopped for it, or waited for."""

STOPPED = FATES[NOW]
REBOOTS_LATER = "Tasks that run there go on. Nodes wait for that: they reboot after them."
OFFLINE_LATER = "Tasks that run there go on; the nodes go offline after them."
"""What becomes of the tasks on nodes, as a sentence."""

UNDER_WAY = frozenset(
    {
        NodeState.CREATING, NodeState.REBOOTING, NodeState.REIMAGING, NodeState.LEAVING_POOL,
        NodeState.DEALLOCATING, NodeState.DEALLOCATED, NodeState.PREEMPTED,
        NodeState.UPGRADING_OS,
    }
)  # fmt: skip
"""States in which a node is not there to be restarted."""
PARKED = (NodeState.DEALLOCATED, NodeState.DEALLOCATING)
SO_ALREADY = "NodeAlreadyInTargetSchedulingState"
DISK = "Gone with that: every file on {its} disk{s}, outputs of tasks included."
START_TASK = "Where the pool has a start task, it runs again."
STAYS = "{Its} place in the pool remains, and what it costs."
PARKS = "{Its} place in the pool remains, to be started again."


def node_orders(batch: Batch, pool_id: str) -> Mapping[str, Order[Node]]:
    """The orders to nodes of that pool by the names that the panes know them by.

    Removing is not among them: nodes are removed together, see `removal`.
    """
    return {**_restarts(batch, pool_id), **_machines(batch, pool_id), **_scheduling(batch, pool_id)}


def _restarts(batch: Batch, pool_id: str) -> Mapping[str, Order[Node]]:
    return {
        "reboot": _order(
            "Reboot node", "Reboot", "{} reboots.",
            lambda node: batch.reboot_node(pool_id, node.id, NOW),
            _stake(STOPPED, START_TASK, large=True), _is_up, "not up", "NodeBeingRebooted",
        ),
        "reboot_later": _order(
            "Reboot node", "Reboot", "{} reboots once its tasks have ended.",
            lambda node: batch.reboot_node(pool_id, node.id, LATER),
            _stake(REBOOTS_LATER, START_TASK), _is_up, "not up",
        ),
        "reimage": _order(
            "Reimage node", "Reimage", "{} gets a fresh disk.",
            lambda node: batch.reimage_node(pool_id, node.id, NOW),
            _stake(STOPPED, DISK, START_TASK, large=True), _is_up, "not up", "NodeBeingReimaged",
        ),
    }  # fmt: skip


def _machines(batch: Batch, pool_id: str) -> Mapping[str, Order[Node]]:
    return {
        "deallocate": _order(
            "Deallocate node", "Deallocate", "{} stops, and soon costs no more.",
            lambda node: batch.deallocate_node(pool_id, node.id, NOW),
            _stake(STOPPED, DISK, PARKS, large=True),
            lambda node: node.state not in PARKED, "deallocated already, or about to be",
        ),
        "start": _order(
            "Start node", "Start", "{} starts.",
            lambda node: batch.start_node(pool_id, node.id),
            _costs, lambda node: node.state is NodeState.DEALLOCATED, "not deallocated",
            "NodeBeingStarted",
        ),
    }  # fmt: skip


def _scheduling(batch: Batch, pool_id: str) -> Mapping[str, Order[Node]]:
    return {
        "disable": _order(
            "Take node offline", "Take offline", "{} gets no more tasks.",
            lambda node: batch.disable_scheduling(pool_id, node.id, NOW),
            _stake(STOPPED, STAYS, large=True), _takes_tasks, "taking no tasks already", SO_ALREADY,
        ),
        "drain": _order(
            "Drain node", "Drain", "{} gets no more tasks.",
            lambda node: batch.disable_scheduling(pool_id, node.id, LATER),
            _stake(OFFLINE_LATER, STAYS), _takes_tasks, "taking no tasks already", SO_ALREADY,
        ),
        "enable": _order(
            "Bring node back", "Bring back", "{} takes tasks again.",
            lambda node: batch.enable_scheduling(pool_id, node.id),
            _nothing_lost, lambda node: not _takes_tasks(node), "taking tasks already",
            SO_ALREADY,
        ),
    }  # fmt: skip


def _order(
    title: str,
    verb: str,
    done: str,
    act: Callable[[Node], Awaitable[None]],
    stake: Callable[[Sequence[Node]], Awaitable[Stake]],
    applies: Callable[[Node], bool],
    unfit: str,
    already: str = "",
) -> Order[Node]:
    return Order(
        title=title, ask=f"{verb} {{}}?", yes=verb, done=done, noun="node",
        name=short_name, act=act, stake=stake, applies=applies, unfit=unfit,
        already=frozenset(filter(None, [already])),
        wakes=WAKES,
    )  # fmt: skip


def _stake(
    fate: str, *sentences: str, large: bool = False
) -> Callable[[Sequence[Node]], Awaitable[Stake]]:
    async def stake(nodes: Sequence[Node]) -> Stake:
        its, s = ("its", "") if len(nodes) == 1 else ("their", "s")
        told = (*(line.format(its=its, Its=its.title(), s=s) for line in sentences),
                *running_there(nodes, fate))  # fmt: skip
        return Stake(told, large=large and len(nodes) >= LARGE)

    return stake


async def _costs(nodes: Sequence[Node]) -> Stake:
    return Stake((f"From then on {many(len(nodes), 'more node')} will cost.",))


async def _nothing_lost(_nodes: Sequence[Node]) -> Stake:
    return Stake(("Nothing is lost by it.",))


def running_there(nodes: Sequence[Node], fate: str = STOPPED) -> tuple[str, ...]:
    """How many tasks run on them, and what becomes of these: `fate` is that as a sentence."""
    tasks = sum(node.running_tasks_count for node in nodes)
    return (f"Running there now: {many(tasks, 'task')}. {fate}",) if tasks else ()


def _is_up(node: Node) -> bool:
    return node.state not in UNDER_WAY


def _takes_tasks(node: Node) -> bool:
    return node.scheduling_state is not SchedulingState.DISABLED


def short_name(node: Node) -> str:
    """The id, without its middle where it is as long as Azure makes them."""
    return node.id if len(node.id) <= NAMED_WHOLE else f"{node.id[:14]}…{node.id[-8:]}"
