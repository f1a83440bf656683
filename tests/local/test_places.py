"""How many tasks run at once in an account: what counts, what does not, and whose turn it is."""

import asyncio
import operator
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.agent.agent import Agent
from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, pool_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor

pytestmark = pytest.mark.fault("8.2")

MOST = 2


class Gate(FakeExecutor):
    """`wait NAME` runs until `open` is told of the name; keeps count of what runs."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[str, asyncio.Event] = {}
        self.running: list[str] = []
        self.order: list[str] = []
        self.most = 0

    def open(self, name: str) -> None:
        self.gates.setdefault(name, asyncio.Event()).set()

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        word, _, name = launch.command_line.partition(" ")
        if word != "wait":
            return await super().run(launch, running=running)
        self.running.append(name)
        self.order.append(name)
        self.most = max(self.most, sum(not each.startswith("beside") for each in self.running))
        try:
            ended = replace(launch, command_line="exit 0")
            outcome = await super().run(ended, running=running)
            await self.gates.setdefault(name, asyncio.Event()).wait()
            return outcome
        finally:
            self.running.remove(name)


@asynccontextmanager
async def account(settings: Settings, executor: Gate) -> AsyncIterator[BatchClient]:
    async with (
        serve(replace(settings, most_tasks=MOST), executor=executor) as endpoint,
        connect(endpoint) as client,
    ):
        yield client


@pytest.fixture
async def gate() -> Gate:
    return Gate()


@pytest.fixture
async def limited(settings: Settings, gate: Gate) -> AsyncIterator[BatchClient]:
    async with account(settings, gate) as client:
        yield client


async def add(client: BatchClient, job: str, added: list[models.BatchTaskCreateOptions]) -> None:
    """One after the other: the SDK sends a collection in any order."""
    for task in added:
        await client.create_task(job, task)


async def running(client: BatchClient, job: str = "job") -> tuple[int, int]:
    """Tasks that wait, and tasks that run."""
    seen = (await client.get_job_task_counts(job)).task_counts
    return seen.active, seen.running


async def busy_nodes(client: BatchClient, pool: str = "pool") -> tuple[int, int]:
    """Nodes that run something, and the tasks that they say they run."""
    found = await nodes(client, pool)
    busy = sum(node.state == "running" for node in found)
    return busy, sum(node.running_tasks_count or 0 for node in found)


async def run_all(gate: Gate, client: BatchClient, ids: list[str], job: str = "job") -> None:
    for id_ in ids:
        gate.open(id_)
    for id_ in ids:
        await completed(client, id_, job)


async def test_what_is_counted_as_running_runs(limited: BatchClient, gate: Gate) -> None:
    await steady_pool(limited, target_dedicated_nodes=6)
    await limited.create_job(job_options())
    ids = [f"t{number}" for number in range(5)]
    await add(limited, "job", [task_options(id_, f"wait {id_}") for id_ in ids])
    await until(lambda: running(limited), lambda seen: seen == (3, 2))
    assert await busy_nodes(limited) == (2, 2)
    assert gate.running == ["t0", "t1"]
    gate.open("t1")
    await until(lambda: running(limited), lambda seen: seen == (2, 2))
    assert await busy_nodes(limited) == (2, 2)
    assert gate.running == ["t0", "t2"]
    await run_all(gate, limited, ids)
    assert gate.most == MOST
    assert await busy_nodes(limited) == (0, 0)


async def test_start_tasks_hold_nobody_up(limited: BatchClient, gate: Gate) -> None:
    """Not on their nodes for long, and not on those of others."""
    start = models.BatchStartTask(command_line="wait beside", wait_for_success=True)
    await limited.create_pool(pool_options("starting", target_dedicated_nodes=5, start_task=start))
    await until(lambda: states(limited, "starting"), lambda seen: seen == ["waitingforstarttask"])
    await steady_pool(limited, target_dedicated_nodes=1)
    await limited.create_job(job_options())
    await limited.create_task("job", task_options("t"))
    await completed(limited, "t")
    assert gate.running == ["beside"] * 5
    # And they are not held up by tasks.
    await add(limited, "job", [task_options(f"w{n}", f"wait w{n}") for n in range(2)])
    await limited.create_pool(pool_options("later", target_dedicated_nodes=3, start_task=start))
    await until(lambda: states(limited, "later"), lambda seen: seen == ["waitingforstarttask"])
    gate.open("beside")
    await until(lambda: states(limited, "later"), lambda seen: seen == ["idle"])


async def states(client: BatchClient, pool: str) -> list[str]:
    return sorted(
        {
            str(getattr(node.state, "value", node.state))
            for node in await nodes(client, pool)
            if node.state
        }
    )


async def test_job_managers_hold_no_task_up(limited: BatchClient, gate: Gate) -> None:
    """Each waits for the one task of its job, as a manager does."""
    await steady_pool(limited, target_dedicated_nodes=5, task_slots_per_node=2)
    for number in range(5):
        manager = models.BatchJobManagerTask(
            id="manager",
            command_line=f"wait beside{number}",
            kill_job_on_completion=False,
            run_exclusive=False,
        )
        await limited.create_job(job_options(f"job{number}", job_manager_task=manager))
    for number in range(5):
        job = f"job{number}"
        await limited.create_task(job, task_options("work", f"wait work{number}"))
    await until(lambda: managers(gate), lambda seen: seen == 5)
    # One that comes when as many tasks run as may runs too.
    await until(lambda: tasks(gate), lambda seen: seen == MOST)
    late = models.BatchJobManagerTask(
        id="manager", command_line="wait beside-late", run_exclusive=False
    )
    await limited.create_job(job_options("late", job_manager_task=late))
    await until(lambda: managers(gate), lambda seen: seen == 6)
    for number in range(5):
        gate.open(f"work{number}")
    for number in range(5):
        await completed(limited, "work", f"job{number}")
        assert await running(limited, f"job{number}") == (0, 1)
    assert gate.most == MOST
    for number in range(5):
        gate.open(f"beside{number}")
        await completed(limited, "manager", f"job{number}")


async def managers(gate: Gate) -> int:
    return sum(name.startswith("beside") for name in gate.running)


async def tasks(gate: Gate) -> int:
    return sum(not name.startswith("beside") for name in gate.running)


@pytest.mark.parametrize("wait", [True, False])
async def test_preparation_holds_nobody_up(limited: BatchClient, gate: Gate, wait: bool) -> None:
    await steady_pool(limited, target_dedicated_nodes=5)
    await steady_pool(limited, "other", target_dedicated_nodes=1)
    preparation = models.BatchJobPreparationTask(command_line="wait beside", wait_for_success=wait)
    await limited.create_job(job_options("slow", job_preparation_task=preparation))
    ids = [f"t{number}" for number in range(5)]
    await add(limited, "slow", [task_options(id_, f"wait {id_}") for id_ in ids])
    await until(lambda: managers(gate), lambda seen: seen == (5 if wait else 2))
    await limited.create_job(job_options("job", "other"))
    await limited.create_task("job", task_options("t"))
    if wait:
        await completed(limited, "t")
        assert await running(limited, "slow") == (0, 5)
    gate.open("beside")
    # Prepared are five, and two may run: the others wait where they do not count.
    await until(lambda: running(limited, "slow"), lambda seen: seen == (3, 2))
    assert await busy_nodes(limited) == (2, 2)
    await run_all(gate, limited, ids, "slow")
    await completed(limited, "t")
    assert gate.most == MOST
    assert sorted(name for name in gate.order if name != "beside") == ids, "each ran once"
    for id_ in ids:
        info = (await limited.get_task("slow", id_)).execution_info
        assert info
        assert (info.retry_count, info.requeue_count) == (0, 0)
    ran = [node.total_tasks_run for node in await nodes(limited)]
    assert sum(number or 0 for number in ran) == 5


async def test_release_holds_nobody_up(limited: BatchClient, gate: Gate) -> None:
    await steady_pool(limited, target_dedicated_nodes=3)
    await limited.create_job(
        job_options(
            "over",
            job_preparation_task=models.BatchJobPreparationTask(command_line="exit 0"),
            job_release_task=models.BatchJobReleaseTask(command_line="wait beside"),
        )
    )
    await add(limited, "over", [task_options(f"t{n}", f"wait t{n}") for n in range(3)])
    await run_all(gate, limited, [f"t{n}" for n in range(3)], "over")
    options: Any = {"terminateReason": "enough"}
    await limited.begin_terminate_job("over", options)
    await until(lambda: managers(gate), lambda seen: seen >= 1)
    await limited.create_job(job_options())
    await add(limited, "job", [task_options(f"u{n}") for n in range(4)])
    for number in range(4):
        await completed(limited, f"u{number}")
    gate.open("beside")


async def test_pools_take_turns(limited: BatchClient, gate: Gate) -> None:
    """A pool with ever so many tasks leaves others their share."""
    for pool in ("a", "b", "c"):
        await steady_pool(limited, pool, target_dedicated_nodes=4)
        await limited.create_job(job_options(pool, pool))
    many = [f"a{number}" for number in range(12)]
    await add(limited, "a", [task_options(id_, f"wait {id_}") for id_ in many])
    await add(limited, "b", [task_options(f"b{n}", f"wait b{n}") for n in range(2)])
    await limited.create_task("c", task_options("c0", "wait c0"))
    await until(lambda: running(limited, "a"), lambda seen: seen == (10, 2))
    for round_ in range(3, 9):
        gate.open(gate.running[0])
        await until(lambda: number_of(gate), partial(operator.eq, round_))
    assert {"b0", "b1", "c0"} <= set(gate.order[:8])
    for name in (*many, "b0", "b1", "c0"):
        gate.open(name)
    for id_ in many:
        await completed(limited, id_, "a")


async def number_of(gate: Gate) -> int:
    return len(gate.order)


async def test_the_more_urgent_job_is_next(limited: BatchClient, gate: Gate) -> None:
    await steady_pool(limited, target_dedicated_nodes=9)
    await limited.create_job(job_options("low", priority=-1))
    await add(limited, "low", [task_options(f"l{n}", f"wait l{n}") for n in range(6)])
    await until(lambda: running(limited, "low"), lambda seen: seen == (4, 2))
    await limited.create_job(job_options("high", priority=9))
    await limited.create_task("high", task_options("h", "wait h"))
    gate.open("l0")
    await until(lambda: running(limited, "high"), lambda seen: seen == (0, 1))
    assert gate.running == ["l1", "h"]


async def test_an_urgent_job_takes_the_place_of_what_may_be_preempted(
    limited: BatchClient, gate: Gate
) -> None:
    await steady_pool(limited, target_dedicated_nodes=9)
    await limited.create_job(job_options("low", priority=-1, allow_task_preemption=True))
    await add(limited, "low", [task_options(f"l{n}", f"wait l{n}") for n in range(3)])
    await until(lambda: running(limited, "low"), lambda seen: seen == (1, 2))
    await limited.create_job(job_options("high", priority=9))
    await limited.create_task("high", task_options("h", "wait h"))
    await until(lambda: running(limited, "high"), lambda seen: seen == (0, 1))
    assert await running(limited, "low") == (2, 1)


async def test_a_place_is_taken_until_the_processes_are_gone(
    limited: BatchClient, gate: Gate
) -> None:
    await steady_pool(limited, target_dedicated_nodes=9)
    await limited.create_job(job_options())
    await add(limited, "job", [task_options(f"t{n}", f"wait t{n}") for n in range(4)])
    await until(lambda: running(limited), lambda seen: seen == (2, 2))
    await limited.terminate_task("job", "t0")
    await limited.delete_task("job", "t1")
    await until(lambda: running(limited), lambda seen: seen == (0, 2))
    assert gate.most == MOST
    await run_all(gate, limited, ["t2", "t3"])


async def test_real_processes(settings: Settings) -> None:
    """As in the row: start tasks that go on and on, and a pool that works beside them."""
    start = models.BatchStartTask(command_line="/bin/sleep 60", wait_for_success=True)
    async with (
        serve(replace(settings, most_tasks=1), executor=Agent(grace=0.2)) as endpoint,
        connect(endpoint) as client,
    ):
        await client.create_pool(
            pool_options("starting", target_dedicated_nodes=3, start_task=start)
        )
        await until(
            lambda: states(client, "starting"), lambda seen: seen == ["waitingforstarttask"]
        )
        await steady_pool(client, target_dedicated_nodes=3)
        await client.create_job(job_options())
        script = (
            "sh -c 'cd $AZ_BATCH_NODE_ROOT_DIR/../; touch $0.on; sleep 0.05; ls | grep -c on$;"
            " rm $0.on' "
        )
        ids = [f"t{number}" for number in range(5)]
        await client.create_tasks("job", [task_options(id_, f"{script}{id_}") for id_ in ids])
        for id_ in ids:
            task = await completed(client, id_)
            assert task.execution_info
            assert task.execution_info.exit_code == 0
            parts = await client.download_task_file("job", id_, "stdout.txt")
            assert b"".join([part async for part in parts]) == b"1\n"
