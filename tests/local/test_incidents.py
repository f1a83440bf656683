"""What befalls nodes without anybody's wish; and all states that a node can be in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.pace import SteadyPace
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, pool_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import Answer, ask


async def befall(endpoint: str, node: str, incident: str) -> Answer:
    path = f"/pools/pool/nodes/{node}/incident"
    return await ask(endpoint, "POST", path, {"incident": incident})


async def busy_node(client: BatchClient) -> str:
    """Give the pool a task that waits; the node that runs it."""
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    task = await until(lambda: client.get_task("job", "t"), lambda seen: seen.state == "running")
    assert task.node_info
    return str(task.node_info.node_id)


async def test_a_preempted_node_is_replaced_and_its_task_runs_again(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_low_priority_nodes=1)
    lost = await busy_node(client)
    assert (await befall(endpoint, lost, "preempt")).status == 202
    found = await until(
        lambda: nodes(client),
        lambda seen: [node for node in seen if node.id != lost and node.state == "running"],
    )
    assert [node.is_dedicated for node in found] == [False]
    executor.release.set()
    task = await completed(client, "t")
    assert task.execution_info
    assert (task.execution_info.requeue_count, task.execution_info.retry_count) == (0, 0)
    pool = await client.get_pool("pool")
    assert (pool.current_low_priority_nodes, pool.allocation_state) == (1, "steady")


async def test_dedicated_nodes_are_not_preempted(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    answer = await befall(endpoint, str(node.id), "preempt")
    assert (answer.status, answer.code) == (409, "OperationNotValidOnNode")
    assert (await befall(endpoint, str(node.id), "find")).status == 409
    assert (await befall(endpoint, str(node.id), "earthquake")).code == "InvalidPropertyValue"


async def test_a_pool_that_shrank_gets_no_replacement(settings: Settings) -> None:
    slow = replace(settings, boot=0.1)
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_low_priority_nodes=2)
        lost, kept = [str(node.id) for node in await nodes(client)]
        await befall(endpoint, lost, "preempt")
        pool = await client.get_pool("pool")
        assert pool.current_low_priority_nodes == 2
        one = models.BatchPoolResizeOptions(target_low_priority_nodes=1)
        await (await client.begin_resize_pool("pool", one, polling_interval=0)).result()
        assert [node.id for node in await nodes(client)] == [kept]


async def test_a_replacement_survives_a_stop_of_the_account(settings: Settings) -> None:
    slow = replace(settings, boot=0.1)
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_low_priority_nodes=1)
        (lost,) = [str(node.id) for node in await nodes(client)]
        await befall(endpoint, lost, "preempt")
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await until(
            lambda: nodes(client),
            lambda seen: [(node.state, node.id != lost) for node in seen] == [("idle", True)],
        )


async def test_a_spoilt_node_is_usable_after_a_reboot(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    node = await busy_node(client)
    await befall(endpoint, node, "spoil")
    seen = await client.get_node("pool", node)
    assert seen.state == "unusable"
    assert seen.errors
    assert seen.errors[0].code == "NodeUnusable"
    task = await until(lambda: client.get_task("job", "t"), lambda one: one.state == "active")
    assert task.node_info is None
    assert (await ask(endpoint, "POST", f"/pools/pool/nodes/{node}/reboot")).status == 202
    await until(lambda: client.get_task("job", "t"), lambda one: one.state == "running")
    assert (await client.get_node("pool", node)).errors is None


async def test_a_lost_node_s_task_runs_on(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    node = await busy_node(client)
    await befall(endpoint, node, "lose")
    await client.create_task("job", task_options("later"))
    assert (await client.get_node("pool", node)).state == "unknown"
    assert (await client.get_task("job", "t")).state == "running"
    executor.release.set()
    await completed(client, "t")
    assert (await client.get_task("job", "later")).state == "active"
    await befall(endpoint, node, "find")
    await completed(client, "later")
    await until(lambda: client.get_node("pool", node), lambda seen: seen.state == "idle")


class Gate:
    """Holds back whatever the account waits for, until it is opened."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    async def sleep(self, _pace: SteadyPace, _seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter

    def open(self) -> None:
        """Let all go on that wait now, as far as the next gate."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


class SlowlyEnding(FakeExecutor):
    """Tasks that are cancelled end when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        try:
            return await super().run(launch, running=running)
        finally:
            await self.may_end.wait()


class Tour:
    """Follows the only node of a pool through its states, and opens the gates for it."""

    def __init__(self, client: BatchClient, endpoint: str, gate: Gate) -> None:
        self._client = client
        self._endpoint = endpoint
        self._gate = gate
        self.seen: set[str] = set()

    async def do(self, action: str, **body: str) -> None:
        (node,) = await nodes(self._client)
        path = f"/pools/pool/nodes/{node.id}/{action}"
        answer = await ask(self._endpoint, "POST", path, body)
        assert answer.status in (200, 202), (action, answer.text)

    async def reach(self, *states: str) -> None:
        """Wait until the node is in each of these states, one after the other."""
        for state in states:
            await until(self._look, partial(str.__eq__, state))
            self.seen.add(state)

    async def _look(self) -> str:
        """The node's state, as it was before the gates were opened."""
        found = await nodes(self._client)
        self._gate.open()
        return str(found[0]["state"]) if found else ""


async def test_all_sixteen_states_can_be_seen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, executor = Gate(), SlowlyEnding()
    monkeypatch.setattr(SteadyPace, "sleep", lambda pace, seconds: gate.sleep(pace, seconds))
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        tour = Tour(client, endpoint, gate)
        await come_up(client, executor, tour)
        await be_treated(tour)
        await suffer(client, executor, tour)
    assert tour.seen == {str(state.value) for state in models.BatchNodeState}


async def come_up(client: BatchClient, executor: FakeExecutor, tour: Tour) -> None:
    start = models.BatchStartTask(command_line="wait")
    await client.create_pool(pool_options(target_low_priority_nodes=1, start_task=start))
    await tour.reach("creating", "starting", "waitingforstarttask")
    executor.release.set()
    await tour.reach("idle")
    executor.release.clear()
    failing = models.BatchStartTask(command_line="exit 1")
    await client.update_pool("pool", models.BatchPoolUpdateOptions(start_task=failing))
    await tour.do("reboot")
    await tour.reach("rebooting", "starttaskfailed")
    fine = models.BatchStartTask(command_line="exit 0")
    await client.update_pool("pool", models.BatchPoolUpdateOptions(start_task=fine))


async def be_treated(tour: Tour) -> None:
    await tour.do("reimage")
    await tour.reach("reimaging", "idle")
    await tour.do("deallocate")
    await tour.reach("deallocating", "deallocated")
    await tour.do("start")
    await tour.reach("idle")
    await tour.do("disablescheduling")
    await tour.reach("offline")
    await tour.do("enablescheduling")
    await tour.do("incident", incident="upgradeos")
    await tour.reach("upgradingos", "idle")
    await tour.do("incident", incident="lose")
    await tour.reach("unknown")
    await tour.do("incident", incident="find")
    await tour.reach("idle")


async def suffer(client: BatchClient, executor: SlowlyEnding, tour: Tour) -> None:
    await busy_node(client)
    await tour.reach("running")
    await tour.do("incident", incident="spoil")
    await tour.reach("unusable")
    await tour.do("incident", incident="preempt")
    await tour.reach("preempted", "running")
    executor.may_end.clear()
    try:
        await client.begin_delete_pool("pool")
        await tour.reach("leavingpool")
    finally:
        executor.may_end.set()
