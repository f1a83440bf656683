"""What a question says that goes with things, and when a yes is not enough."""

from collections.abc import Sequence
from typing import TypeVar

from batchtui.core.models import Container, PoolInfo
from batchtui.core.orders import jobs, pools
from batchtui.core.orders.jobs import job_orders
from batchtui.core.orders.nodes import node_orders
from batchtui.core.orders.order import Order, Stake
from batchtui.core.orders.pools import pool_orders, resizing
from batchtui.core.orders.storage import deleting_containers
from batchtui.core.orders.tasks import task_orders
from batchtui.core.specs import JobSpec
from batchtui.core.steering import Deallocation
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec

T = TypeVar("T")


async def stake_of(order: Order[T], things: Sequence[T]) -> Stake:
    return await order.stake(things)


async def an_account(nodes: int, tasks: int) -> FakeAccount:
    account = FakeAccount()
    batch = account.batch
    batch.by_itself = False
    batch.outcomes = {"*": Outcome(steps=99)}
    await batch.create_pool(pool_spec("p", dedicated=nodes))
    batch.step(3)
    await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    specs = [task_spec(f"t{number}") for number in range(tasks)]
    await batch.add_tasks("j", specs, added=lambda _count: None)
    batch.step()
    return account


async def test_a_pool_with_many_nodes_asks_for_its_name() -> None:
    for nodes, large in ((pools.LARGE - 1, False), (pools.LARGE, True)):
        account = await an_account(nodes, 2)
        order = pool_orders(account.batch)["delete"]
        stake = await stake_of(order, await account.batch.pools())
        assert stake.large is large
        assert stake.sentences == (
            f"Deleted with it: {nodes} nodes, and every file on them.",
            "Busy now, their tasks interrupted: 2 nodes.",
            "Left without a pool: j.",
        )
        assert order.typed(await account.batch.pools()) == "p"


async def test_shrinking_says_what_goes_and_growing_what_it_costs() -> None:
    account = await an_account(4, 0)
    (pool,) = await account.batch.pools()
    shrink = resizing(account.batch, pool, 1, 2, Deallocation.TERMINATE)
    said = " ".join((await stake_of(shrink, [pool])).sentences)
    assert "to 1 dedicated and 2 spot" in said
    assert "Added: 2 nodes." in said
    assert "Gone with every file on them: 3 nodes." in said
    assert "do not run again" in said


async def test_jobs_are_counted_together_and_at_least_where_there_are_too_many() -> None:
    account = await an_account(2, 3)
    batch = account.batch
    delete = job_orders(batch)["delete"]
    stake = await stake_of(delete, await batch.jobs())
    assert stake.sentences == (
        "Deleted with it: 3 tasks, and their files on the nodes.",
        "Still running, and ended: 2 tasks.",
        "Still waiting, and never run: 1 task.",
    )
    assert not stake.large
    for number in range(jobs.COUNTED):
        await batch.create_job(JobSpec(id=f"k{number:03}", pool_info=PoolInfo("p")))
    many = await stake_of(delete, await batch.jobs())
    assert many.sentences[0].startswith("Deleted with them: at least 3 tasks")
    assert account.calls.count("task_counts") == 1 + jobs.COUNTED


async def test_one_and_many_are_told_apart() -> None:
    account = await an_account(2, 2)
    nodes = (await account.batch.nodes("p", at_most=9)).items
    tasks = (await account.batch.tasks("j", at_most=9)).items
    reimage = node_orders(account.batch, "p")["reimage"]
    rerun = task_orders(account.batch, "j")["rerun"]
    for count, disk, lost in (
        (1, "every file on its disk,", "Its present exit code and output are lost."),
        (2, "every file on their disks,", "Their present exit codes and outputs are lost."),
    ):
        assert disk in " ".join((await stake_of(reimage, nodes[:count])).sentences)
        assert lost in (await stake_of(rerun, tasks[:count])).sentences


async def test_an_order_knows_what_it_is_for() -> None:
    account = await an_account(1, 1)
    (task,) = (await account.batch.tasks("j", at_most=9)).items
    orders = task_orders(account.batch, "j")
    assert [name for name, order in orders.items() if order.applies(task)] == [
        "delete",
        "terminate",
    ]
    assert orders["delete"].question([task, task]) == "Delete 2 tasks?"
    assert orders["delete"].told(task) == "Task t0 is deleted."


async def test_containers_are_counted_together() -> None:
    storage = FakeAccount().storage
    storage.put("a", {"x": b"12"})
    storage.put("b", {"y": b"345", "z": b""})
    order = deleting_containers(storage)
    both = await stake_of(order, [Container("a"), Container("b")])
    assert both.sentences == ("Deleted with them: 3 blobs, 5 B.",)
    storage.put("c")
    assert (await stake_of(order, [Container("c")])).sentences == ("It is empty.",)
