"""What a command changes is looked at again at once, however long the feeds would rest."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.models import PoolInfo
from batchtui.core.orders.jobs import job_orders
from batchtui.core.orders.nodes import node_orders
from batchtui.core.orders.order import Order
from batchtui.core.orders.pools import pool_orders
from batchtui.core.orders.schedules import schedule_orders
from batchtui.core.orders.storage import deleting_blobs, deleting_containers
from batchtui.core.orders.tasks import task_orders
from batchtui.core.specs import JobSpec
from batchtui.core.traffic import Traffic
from tests.fakes import FakeAccount, pool_spec, task_spec
from tests.fakes.virtual_time import in_virtual_time, now

Command = Callable[[Controller], Awaitable[object]]

COMMANDS: list[tuple[str, Command, set[str]]] = [
    ("create a pool", lambda c: c.create_pool(pool_spec("new")), {"pools", "node_counts", "nodes"}),
    (
        "create a job",
        lambda c: c.create_job(JobSpec(id="new", pool_info=PoolInfo("p"))),
        {"jobs"},
    ),
    (
        "add tasks",
        lambda c: c.add_tasks("j", [task_spec("more")], lambda _count: None),
        {"tasks", "task_counts"},
    ),
    ("create a container", lambda c: c.create_container("new"), {"containers"}),
]


@pytest.mark.parametrize(
    ("command", "asked"), [each[1:] for each in COMMANDS], ids=[each[0] for each in COMMANDS]
)
def test_what_a_command_changes_is_looked_at_again_at_once(
    command: Command, asked: set[str]
) -> None:
    async def main() -> None:
        account = FakeAccount()
        account.batch.by_itself = False
        await account.batch.create_pool(pool_spec("p", dedicated=1))
        await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
        await account.batch.add_tasks("j", [task_spec("t")], added=lambda _count: None)
        feeds = Feeds(account.gateway, Traffic(clock=now, polls_per_minute=12), every=3600)
        feeds.show_pool("p")
        feeds.show_job("j")
        feeds.show_progress_of(("j",))
        for name in feeds.NAMES:
            feeds[name].looked_at = True
        polling = asyncio.create_task(feeds.run())
        await asyncio.sleep(60)
        account.calls.made.clear()
        await command(Controller(account.gateway, feeds))
        await asyncio.sleep(0.1)
        assert asked <= {call.split(" ", 1)[0] for call in account.calls.made}
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)

    in_virtual_time(main())


async def test_every_order_names_the_feeds_that_show_what_became_of_it() -> None:
    account = FakeAccount()
    batch, storage = account.batch, account.storage
    shown: dict[str, tuple[Mapping[str, Order[Any]], set[str]]] = {
        "pools": (pool_orders(batch), {"pools", "node_counts"}),
        "jobs": (job_orders(batch), {"jobs", "progress"}),
        "tasks": (task_orders(batch, "j"), {"tasks", "progress"}),
        "nodes": (node_orders(batch, "p"), {"nodes", "node_counts"}),
        "containers": ({"delete": deleting_containers(storage)}, {"containers", "usage"}),
        "blobs": ({"delete": deleting_blobs(storage, "c")}, {"blobs", "usage"}),
    }
    for kind, (orders, needed) in shown.items():
        for name, order in orders.items():
            assert needed <= set(order.wakes) <= set(Feeds.NAMES), f"{name} of {kind}"
    for name, schedule in schedule_orders(batch).items():
        assert set(schedule.wakes) <= set(Feeds.NAMES), name
