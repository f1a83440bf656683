"""What can be done to nodes: the right request, the truth about what it costs."""

import asyncio

import pytest

from batchtui.core.bulk import Bulk, Fate
from batchtui.core.gateway import GatewayError
from batchtui.core.models import Node
from batchtui.core.orders.nodes import node_orders
from batchtui.core.orders.removal import Removal
from batchtui.core.states import NodeState, SchedulingState
from batchtui.core.traffic import Traffic
from tests.fakes import FakeAccount, pool_spec

BUSY = Node("busy", NodeState.RUNNING, running_tasks_count=3)
OFF = Node("off", NodeState.OFFLINE, scheduling_state=SchedulingState.DISABLED)
PARKED = Node("parked", NodeState.DEALLOCATED)


async def account_with(nodes: int) -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    await account.batch.create_pool(pool_spec("p", dedicated=nodes))
    account.batch.step(3)
    account.calls.made.clear()
    return account


@pytest.mark.parametrize(
    ("order", "call"),
    [
        ("reboot", "reboot_node p tvm-d-0 requeue"),
        ("reboot_later", "reboot_node p tvm-d-0 taskcompletion"),
        ("reimage", "reimage_node p tvm-d-0 requeue"),
        ("deallocate", "deallocate_node p tvm-d-0 requeue"),
        ("start", "start_node p tvm-d-0"),
        ("disable", "disable_scheduling p tvm-d-0 requeue"),
        ("drain", "disable_scheduling p tvm-d-0 taskcompletion"),
        ("enable", "enable_scheduling p tvm-d-0"),
    ],
)
async def test_every_order_is_one_request(order: str, call: str) -> None:
    account = await account_with(1)
    orders = node_orders(account.batch, "p")
    await orders[order].act(Node("tvm-d-0"))
    assert account.calls.made == [call]


async def test_the_question_says_what_becomes_of_running_tasks() -> None:
    orders = node_orders(FakeAccount().batch, "p")
    lost = (await orders["reboot"].stake([BUSY])).sentences
    assert "Running there now: 3 tasks." in lost[-1]
    assert "run again" in lost[-1]
    assert lost[0] == "Where the pool has a start task, it runs again."
    gone = (await orders["deallocate"].stake([BUSY, OFF])).sentences
    assert gone[0] == "Gone with that: every file on their disks, outputs of tasks included."
    later = (await orders["reboot_later"].stake([BUSY])).sentences
    assert "go on" in later[-1]
    assert not any("Running" in line for line in (await orders["reboot"].stake([OFF])).sentences)


def test_long_ids_are_cut_where_they_tell_least() -> None:
    order = node_orders(FakeAccount().batch, "p")["reboot"]
    node = Node(f"tvmps_{'0123456789abcdef' * 4}_d")
    assert order.question([node]) == "Reboot node tvmps_01234567…abcdef_d?"


async def test_taking_many_nodes_away_asks_for_more_than_a_yes() -> None:
    orders = node_orders(FakeAccount().batch, "p")
    for name in ("reimage", "deallocate", "reboot", "disable", "drain"):
        assert (await orders[name].stake([BUSY] * 25)).large is (name != "drain")
        assert not (await orders[name].stake([BUSY])).large


def test_orders_apply_to_nodes_that_are_in_the_state_for_them() -> None:
    orders = node_orders(FakeAccount().batch, "p")
    fitting = {
        name: [node.id for node in (BUSY, OFF, PARKED) if order.applies(node)]
        for name, order in orders.items()
    }
    assert fitting["reboot"] == ["busy", "off"]
    assert fitting["start"] == ["parked"]
    assert fitting["deallocate"] == ["busy", "off"]
    assert fitting["disable"] == ["busy", "parked"]
    assert fitting["enable"] == ["off"]


async def test_nodes_are_removed_a_hundred_at_a_time_once_the_pool_is_steady() -> None:
    """A second request while the first one shrinks the pool would be refused."""
    account = await account_with(250)
    nodes = (await account.batch.nodes("p", at_most=999)).items
    removal = Removal(account.batch, "p", nodes, look_every=0)
    order, groups = removal.order, removal.groups
    assert order.question(groups) == "Remove 250 nodes from pool p?"
    assert (await order.stake(groups)).large
    bulk = Bulk(groups, order.name, order.act, Traffic(), rest=lambda _seconds: asyncio.sleep(0))
    removing = asyncio.create_task(bulk.run())
    while not removing.done():
        for _ in range(20):
            await asyncio.sleep(0)
        account.batch.step()
    await removing
    asked = [call for call in account.calls.made if call.startswith("remove_nodes")]
    assert asked == ["remove_nodes p 100 requeue"] * 2 + ["remove_nodes p 50 requeue"]
    assert bulk.counts == {Fate.DONE: 3}
    account.batch.step()
    assert (await account.batch.nodes("p", at_most=9)).items == ()


async def test_one_node_is_removed_by_its_name_and_none_that_leaves_already() -> None:
    account = await account_with(1)
    leaving = Node("gone", NodeState.LEAVING_POOL)
    removal = Removal(account.batch, "p", [Node("tvm-d-0"), leaving])
    order, groups = removal.order, removal.groups
    assert order.question(groups) == "Remove node tvm-d-0 from pool p?"
    assert order.told(groups[0]) == "Node tvm-d-0 leaves the pool."
    assert Removal(account.batch, "p", [leaving]).groups == ()


async def test_a_pool_that_is_being_resized_refuses_at_once() -> None:
    account = await account_with(3)
    nodes = (await account.batch.nodes("p", at_most=9)).items
    await Removal(account.batch, "p", nodes[:1]).order.act(nodes[:1])
    with pytest.raises(GatewayError, match="being resized"):
        await Removal(account.batch, "p", nodes[1:]).order.act(nodes[1:])


@pytest.mark.fault("2.23")
@pytest.mark.parametrize(
    ("order", "fate"),
    [
        (
            "reboot_later",
            "Tasks that run there go on. Nodes wait for that: they reboot after them.",
        ),
        ("drain", "Tasks that run there go on; the nodes go offline after them."),
        ("reboot", "Tasks that run there are stopped, and run again elsewhere."),
        ("reimage", "Tasks that run there are stopped, and run again elsewhere."),
        ("deallocate", "Tasks that run there are stopped, and run again elsewhere."),
        ("disable", "Tasks that run there are stopped, and run again elsewhere."),
    ],
)
async def test_an_order_says_what_becomes_of_busy_nodes_by_it(order: str, fate: str) -> None:
    orders = node_orders(FakeAccount().batch, "p")
    busy = Node("n", NodeState.RUNNING, running_tasks_count=1)
    stake = await orders[order].stake((busy,))
    assert stake.sentences[-1] == f"Running there now: 1 task. {fate}"
    idle = Node("n", NodeState.IDLE)
    assert fate not in " ".join((await orders[order].stake((idle,))).sentences)
