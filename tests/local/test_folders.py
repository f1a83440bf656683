"""The folders of tasks and jobs: gone with them, and never another one's."""

import asyncio
import os
import random
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local import trash
from batchtui.local.agent.agent import Agent
from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.nodes import Site, demolish
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.store import Store
from batchtui.local.wire.body import convert
from batchtui.local.wire.job_bodies import CreateJob
from batchtui.local.wire.pool_bodies import CreatePool
from batchtui.local.wire.task_bodies import CreateTask
from batchtui.local.world.rules import Rules
from batchtui.local.world.world import World

from .batch import completed, job_options, nodes, pool_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import ask

STDOUT = "/jobs/job/tasks/t/files/stdout.txt"


def folders(settings: Settings) -> list[str]:
    """What lies in the nodes' `workitems`, and in the trash."""
    found = []
    for folder, names, _ in os.walk(settings.data_dir / "nodes"):
        path = Path(folder).relative_to(settings.data_dir / "nodes")
        if path.parts[2:3] == ("workitems",) or path.parts[:1] == (".removed",):
            found += [str(path / name) for name in names]
    return found


async def no_folders(settings: Settings) -> None:
    async def look() -> list[str]:
        return folders(settings)

    await until(look, lambda found: not found, patience=20)


@pytest.fixture
def slow_removal(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Nothing that is thrown away is deleted before this is set."""
    may_go = threading.Event()

    def remove(folder: Path) -> None:
        may_go.wait(20)
        demolish(folder)

    monkeypatch.setattr(trash, "demolish", remove)
    return may_go


@pytest.mark.fault("8.3")
async def test_a_task_has_its_files_to_itself_while_those_before_it_go(
    client: BatchClient, endpoint: str, settings: Settings, slow_removal: threading.Event
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    for command in ("first", "second", "third"):
        await client.create_task("job", task_options("t", command))
        await completed(client, "t")
        (task,) = [path for path in folders(settings) if path.endswith("/job-1/t")]
        old = settings.data_dir / "nodes" / task / "old"
        assert not old.exists()
        old.write_text("")
        assert (await ask(endpoint, "GET", STDOUT)).text == f"{command}\n"
        if command != "third":
            await client.delete_task("job", "t")
            assert not old.parent.exists(), "it is out of the way before the answer"
    slow_removal.set()
    assert (await ask(endpoint, "GET", STDOUT)).text == "third\n"
    await client.begin_delete_job("job")
    await no_folders(settings)


class Writing(FakeExecutor):
    """`late` is told to end and does not: it writes into its folder by its path until released."""

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        try:
            return await super().run(launch, running=running)
        except asyncio.CancelledError:
            if launch.command_line == "wait late":
                await self.release.wait()
                launch.root.mkdir(parents=True, exist_ok=True)
                (launch.root / "stdout.txt").write_text("late")
            raise


@pytest.mark.fault("8.3")
@pytest.mark.parametrize("count", [1, 2])
async def test_a_task_that_does_not_end_writes_into_no_other(
    settings: Settings, count: int
) -> None:
    """Its successor runs on another node, or waits for its end."""
    executor = Writing()
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=count, task_slots_per_node=4)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t", "wait late"))
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
        first = executor.launches[0].root
        await client.delete_task("job", "t")
        assert not first.exists()
        await client.create_task("job", task_options("t", "new"))
        # Another task of the job does not have to wait.
        await client.create_task("job", task_options("other", "exit 0"))
        await completed(client, "other")
        if count == 1:
            assert (await client.get_task("job", "t")).state == "active"
        else:
            await completed(client, "t")
        executor.release.set()
        await completed(client, "t")
        assert (await ask(endpoint, "GET", STDOUT)).text == "new\n"
        await until(lambda: alone(first), bool)
        assert (await ask(endpoint, "GET", STDOUT)).text == "new\n"
        await client.delete_task("job", "t")
        await client.begin_delete_job("job")
        await no_folders(settings)


async def alone(folder: Path) -> bool:
    """Whether the late writer's file is gone."""
    stdout = folder / "stdout.txt"
    return not stdout.exists() or stdout.read_text() != "late"


@asynccontextmanager
async def rules_of(settings: Settings, executor: FakeExecutor) -> AsyncIterator[Rules]:
    """The rules of an account without its server, to be called between two turns of the loop."""
    store = Store(settings.data_dir / "account.db", soon=asyncio.get_running_loop().call_soon)
    site = Site(settings.data_dir, settings.account, "http://here")
    rules = Rules(World(settings, store, executor, site))
    rules.resume()
    try:
        yield rules
    finally:
        await rules.stop()
        store.close()


@pytest.mark.fault("8.4", "8.1")
@pytest.mark.parametrize("how", ["delete", "terminate", "requeue"])
async def test_a_task_that_is_ended_before_its_first_step_gives_its_slot_back(
    settings: Settings, how: str
) -> None:
    executor = FakeExecutor()
    async with rules_of(settings, executor) as rules:
        world = rules.world
        image = pool_options(target_dedicated_nodes=1).as_dict()
        pool = rules.pools.create(convert(image, CreatePool))
        await until(lambda: states(rules), lambda found: found == ["idle"])
        job = rules.jobs.create(convert({"id": "job", "poolInfo": {"poolId": "pool"}}, CreateJob))
        task = rules.tasks.create(job, convert({"id": "t", "commandLine": "wait"}, CreateTask))
        await asyncio.sleep(0)  # the scheduler's turn, and not yet the run's
        held = world.task(job, "t")
        assert held.placed
        assert not executor.launches
        if how == "delete":
            rules.tasks.delete(job, held)
        elif how == "terminate":
            rules.tasks.terminate(job, held)
        else:
            (node,) = world.fleet(pool)
            rules.incidents.upgrade(node)
        (node,) = world.fleet(pool)
        await until(lambda: load(rules), lambda found: found == (0, 0) or how == "requeue")
        rules.tasks.create(job, convert({"id": "next", "commandLine": "exit 0"}, CreateTask))
        if how == "requeue":
            executor.release.set()
        await until(lambda: state(rules, "next"), lambda found: found == "completed")
        assert world.counts["job"].tasks["running"] == 0
    assert task.seq == 1


async def states(rules: Rules) -> list[str]:
    return [node.state for node in rules.world.fleets["pool"]]


async def load(rules: Rules) -> tuple[int, int]:
    fleet = rules.world.fleets["pool"]
    (node,) = fleet
    return fleet.load(node)


async def state(rules: Rules, task_id: str) -> str:
    return rules.world.task(rules.world.jobs["job"], task_id).state


@pytest.mark.fault("8.4")
@pytest.mark.parametrize("kind", ["tasks", "jobs", "tasks of a deleted pool"])
async def test_what_is_deleted_at_once_leaves_no_folder(settings: Settings, kind: str) -> None:
    """With real processes: the node's agent makes folders in threads while tasks are deleted."""
    async with (
        serve(settings, executor=Agent(grace=0.2)) as endpoint,
        connect(endpoint) as client,
    ):
        await steady_pool(client, target_dedicated_nodes=4, task_slots_per_node=4)
        await client.create_job(job_options())

        async def storm(number: int) -> None:
            pause = random.uniform(0, 0.03)
            if kind == "jobs":
                job = f"job{number}"
                await client.create_job(job_options(job))
                await client.create_task(job, task_options("t", "/bin/sleep 0.01"))
                await asyncio.sleep(pause)
                await client.begin_delete_job(job)
            else:
                await client.create_task("job", task_options(f"t{number}", "/bin/sleep 0.01"))
                await asyncio.sleep(pause)
                if kind == "tasks":
                    await client.delete_task("job", f"t{number}")

        for first in range(0, 60, 6):
            await asyncio.gather(*(storm(number) for number in range(first, first + 6)))
        if kind == "tasks":
            assert [task async for task in client.list_tasks("job")] == []
        elif kind == "tasks of a deleted pool":
            await client.begin_delete_pool("pool")
        await client.begin_delete_job("job")

        async def jobs() -> list[models.BatchJob]:
            return [job async for job in client.list_jobs()]

        await until(jobs, lambda found: not found, patience=20)
        await no_folders(settings)
        if kind == "tasks of a deleted pool":
            await until(lambda: pools(client), lambda found: not found)
            assert os.listdir(settings.data_dir / "nodes") in ([], [".removed"])


async def pools(client: BatchClient) -> list[models.BatchPool]:
    return [pool async for pool in client.list_pools()]


@pytest.mark.fault("8.4")
async def test_a_job_that_moved_to_another_pool_leaves_no_folder(
    client: BatchClient, settings: Settings
) -> None:
    await steady_pool(client, target_dedicated_nodes=2)
    await steady_pool(client, "other", target_dedicated_nodes=1)
    await client.create_job(job_options())
    for task_id in ("a", "b"):
        await client.create_task("job", task_options(task_id))
        await completed(client, task_id)
    disable = models.BatchJobDisableOptions(disable_tasks="requeue")
    await client.begin_disable_job("job", disable)
    await until(lambda: client.get_job("job"), lambda job: job.state == "disabled")
    await client.update_job(
        "job", models.BatchJobUpdateOptions(pool_info=models.BatchPoolInfo(pool_id="other"))
    )
    await client.begin_enable_job("job")
    await until(lambda: client.get_job("job"), lambda job: job.state == "active")
    await client.create_task("job", task_options("c"))
    await completed(client, "c")
    await client.begin_delete_job("job")
    await no_folders(settings)


@pytest.mark.fault("8.4")
@pytest.mark.parametrize("how", ["deleted", "run again"])
async def test_a_task_that_went_to_another_node_leaves_no_folder(
    client: BatchClient, executor: FakeExecutor, settings: Settings, how: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=2)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    task = await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    assert task.node_info
    first = executor.launches[0].root
    option = models.BatchNodeDisableSchedulingOptions(node_disable_scheduling_option="requeue")
    await client.disable_node_scheduling("pool", task.node_info.node_id or "", option)
    await until(lambda: client.get_task("job", "t"), lambda task: moved(task, first))
    second = executor.launches[1].root
    assert second.exists()
    assert not first.exists(), "its files are where it runs"
    if how == "run again":
        executor.release.set()
        await completed(client, "t")
    await client.delete_task("job", "t")
    await until(lambda: there(second), lambda found: not found)
    await client.begin_delete_job("job")
    await no_folders(settings)


def moved(task: models.BatchTask, first: Path) -> bool:
    node = task.node_info.node_id if task.state == "running" and task.node_info else None
    return bool(node and node not in first.parts)


async def there(folder: Path) -> bool:
    return folder.exists()


@pytest.mark.fault("8.4")
async def test_what_a_killed_account_left_is_removed_at_the_start(settings: Settings) -> None:
    executor = FakeExecutor()
    preparation = models.BatchJobPreparationTask(id="prep", command_line="exit 0")
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        (node,) = await nodes(client)
        await client.create_job(job_options(job_preparation_task=preparation))
        await client.create_task("job", task_options("done"))
        await completed(client, "done")
        await client.create_task("job", task_options("t", "wait"))
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    root = settings.data_dir / "nodes" / "pool" / (node.id or "")
    kept = {"done", "prep"}
    for folder in (
        root / "workitems/job/job-1/deleted/wd",
        root / "workitems/job/job-1/DONE/wd",
        root / "workitems/job/job-2/t/wd",
        root / "workitems/gone/job-1/t/wd",
        root / "workitems/empty",
        root.with_name("tvmps_gone_d") / "workitems/job/job-1/done",
        root.parents[1] / "gone" / "node" / "wd",
        root.parents[1] / ".removed" / "abc" / "wd",
    ):
        folder.mkdir(parents=True)
        (folder / "file").write_text("")
    (root / "shared" / "of the node").mkdir()
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
        assert (await ask(endpoint, "GET", STDOUT.replace("/t/", "/done/"))).status == 200
        assert {path.name for path in (root / "workitems/job/job-1").iterdir()} == {*kept, "t"}
        assert [path.name for path in (root / "workitems").iterdir()] == ["job", "empty"] or [
            path.name for path in (root / "workitems").iterdir()
        ] == ["empty", "job"]
        assert (root / "shared" / "of the node").exists()
        assert [path.name for path in root.parent.iterdir()] == [root.name]
        assert {path.name for path in root.parents[1].iterdir()} == {"pool", ".removed"}
        await until(lambda: empty(root.parents[1] / ".removed"), bool)


async def empty(folder: Path) -> bool:
    return not os.listdir(folder)


@pytest.mark.fault("8.3", "8.1")
async def test_retention_removes_no_file_of_a_task_that_runs_again(
    settings: Settings, slow_removal: threading.Event
) -> None:
    executor = FakeExecutor()
    brief = models.BatchTaskConstraints(retention_time=timedelta(seconds=0.05))
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t", "exit 1", constraints=brief))
        await completed(client, "t")
        await until(lambda: there(executor.launches[0].root), lambda found: not found)
        await client.reactivate_task("job", "t")
        task = await completed(client, "t")
        assert task.execution_info
        slow_removal.set()
        await until(lambda: there(executor.launches[0].root), lambda found: not found)
