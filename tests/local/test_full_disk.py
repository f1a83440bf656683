"""An account whose state can no more be written: what it refuses is not there, and it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError

from batchtui.local import server
from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.executors import Executor
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.store import Store, StoreError

from .batch import completed, job_options, pool_options, steady_pool, task_options, until
from .conftest import KEY, connect
from .disks import fill, mounted
from .fakes import FakeExecutor
from .wire import ask

pytestmark = pytest.mark.fault("8.1")


class Disk(Store):
    """A store whose disk can be full."""

    last: "Disk"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        Disk.last = self

    def fill(self) -> None:
        """From now on the file cannot grow."""
        ((pages,),) = self.read("PRAGMA page_count")
        self.read(f"PRAGMA max_page_count = {pages}")

    def refuse(self) -> None:
        """From now on nothing can be written, however small."""
        self.read("PRAGMA query_only = ON")


class Held(FakeExecutor):
    """Tasks end when they may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        outcome = await super().run(launch, running=running)
        await self.may_end.wait()
        return outcome


@asynccontextmanager
async def account(
    settings: Settings, executor: Executor, failures: list[StoreError]
) -> AsyncIterator[tuple[str, BatchClient]]:
    async with (
        serve(settings, executor=executor, failed=failures.append) as endpoint,
        connect(endpoint) as client,
    ):
        yield endpoint, client


@asynccontextmanager
async def failing(
    settings: Settings, executor: Executor, failures: list[StoreError]
) -> AsyncIterator[tuple[str, BatchClient]]:
    """An account that ends with the error that it reported once."""
    raised: list[StoreError] = []
    try:
        async with account(settings, executor, failures) as found:
            yield found
    except StoreError as error:
        raised.append(error)
    assert raised
    assert raised == failures


@pytest.fixture(autouse=True)
def disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "Store", Disk)


@pytest.fixture
def failures() -> list[StoreError]:
    return []


async def add_until_refused(client: BatchClient, command: str = "wait") -> int:
    """Add tasks to a full disk until one is refused; how many were taken."""
    large = [models.EnvironmentSetting(name="A", value="x" * 3000)]
    for number in range(2000):
        try:
            await client.create_task(
                "job", task_options(f"t{number}", command, environment_settings=large)
            )
        except HttpResponseError as error:
            return number if error.status_code == 500 else -1
    raise AssertionError("The disk was never full")


async def test_what_is_refused_is_not_there(settings: Settings, failures: list[StoreError]) -> None:
    async with failing(settings, FakeExecutor(), failures) as (endpoint, client):
        await client.create_job(job_options())
        Disk.last.fill()
        taken = await add_until_refused(client)
        assert len(failures) == 1
        # From now on nothing is told that a restart would deny.
        for method, path in (
            ("GET", "/jobs/job"),
            ("GET", "/jobs/job/taskcounts"),
            ("GET", "/jobs"),
            ("GET", "/jobs/job/tasks"),
            ("GET", "/jobs/no-such-job"),
            ("GET", "/nodecounts"),
            ("DELETE", "/jobs/job/tasks/t0"),
            ("POST", "/jobs/job/terminate"),
            ("DELETE", "/jobs/job"),
        ):
            answer = await ask(endpoint, method, path)
            assert (answer.status, answer.code) == (500, "InternalError"), path
            assert "the disk is full" in answer.value("Reason")
    async with account(settings, FakeExecutor(), failures) as (_, client):
        counts = (await client.get_job_task_counts("job")).task_counts
        tasks = {task.id async for task in client.list_tasks("job")}
        assert tasks == {f"t{number}" for number in range(taken)}
        assert counts.active == taken
        assert (await client.get_job("job")).state == "active"
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/jobs", {"id": "new", "poolInfo": {"poolId": "pool"}}),
        ("POST", "/jobs/job/tasks", {"id": "new", "commandLine": "wait"}),
        (
            "POST",
            "/jobs/job/addtaskcollection",
            {"value": [{"id": f"new{n}", "commandLine": "wait"} for n in range(3)]},
        ),
        ("POST", "/jobs/job/tasks/done/reactivate", None),
        ("POST", "/jobs/job/disable", {"disableTasks": "requeue"}),
        ("POST", "/jobs/job/terminate", None),
        ("PATCH", "/jobs/job", {"priority": 7}),
        ("DELETE", "/jobs/job/tasks/done", None),
        ("DELETE", "/jobs/job", None),
        ("POST", "/pools/pool/resize", {"targetDedicatedNodes": 3}),
        ("DELETE", "/pools/pool", None),
    ],
)
async def test_whatever_is_refused_has_not_happened(
    settings: Settings, failures: list[StoreError], method: str, path: str, body: object
) -> None:
    executor = FakeExecutor()
    async with failing(settings, executor, failures) as (endpoint, client):
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_task("job", task_options("done", "exit 1"))
        await completed(client, "done")
        before = await seen(endpoint)
        ran = len(executor.launches)
        Disk.last.refuse()
        answer = await ask(endpoint, method, path, body)
        assert (answer.status, answer.code) == (500, "InternalError")
        await asyncio.sleep(0.05)
        assert len(executor.launches) == ran, "what was refused has run"
    async with account(settings, FakeExecutor(), failures) as (endpoint, client):
        assert await seen(endpoint) == before
        out = await ask(endpoint, "GET", "/jobs/job/tasks/done/files/stdout.txt")
        assert (out.status, out.text) == (200, "exit 1\n")


async def seen(endpoint: str) -> list[Any]:
    """All that the account tells of its pools, jobs and tasks, but for addresses."""
    port = endpoint.rpartition(":")[2]
    paths = ("/pools", "/jobs", "/jobs/job/tasks", "/jobs/job/taskcounts")
    return [(await ask(endpoint, "GET", path)).text.replace(f":{port}", "") for path in paths]


@pytest.mark.parametrize("how", ["ends", "fails", "is terminated", "is deleted"])
async def test_an_end_that_cannot_be_kept_comes_again(
    settings: Settings, failures: list[StoreError], how: str
) -> None:
    executor = Held()
    async with failing(settings, executor, failures) as (endpoint, client):
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t", "exit 3" if how == "fails" else "x"))
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
        Disk.last.refuse()
        if how == "is terminated":
            assert (await ask(endpoint, "POST", "/jobs/job/tasks/t/terminate")).status == 500
        elif how == "is deleted":
            assert (await ask(endpoint, "DELETE", "/jobs/job/tasks/t")).status == 500
        else:
            executor.may_end.set()
        await failed(failures)
        assert (await ask(endpoint, "GET", "/jobs/job/taskcounts")).status == 500
    async with account(settings, FakeExecutor(), failures) as (_, client):
        task = await completed(client, "t")
        assert task.execution_info
        assert task.execution_info.requeue_count == 1
        counts = (await client.get_job_task_counts("job")).task_counts
        assert (counts.active, counts.running, counts.completed) == (0, 0, 1)
    assert len(failures) == 1


async def failed(failures: list[StoreError]) -> None:
    async def look() -> list[StoreError]:
        return failures

    await until(look, bool)


async def test_a_node_that_cannot_be_kept_ends_the_account(
    settings: Settings, failures: list[StoreError]
) -> None:
    """In the background, where nobody waits for an answer."""
    async with failing(settings, FakeExecutor(), failures) as (_, client):
        await client.create_pool(pool_options(target_dedicated_nodes=3))
        Disk.last.refuse()
        await failed(failures)
    async with account(settings, FakeExecutor(), failures) as (_, client):
        await until(lambda: client.get_pool("pool"), lambda pool: pool.allocation_state == "steady")
        assert (await client.get_pool("pool")).current_dedicated_nodes == 3


async def test_an_account_that_cannot_take_up_its_state_does_not_start(
    settings: Settings, failures: list[StoreError], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with account(settings, FakeExecutor(), failures) as (_, client):
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t", "wait"))
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    with monkeypatch.context() as patch:
        patch.setattr(server, "Store", Refusing)
        with pytest.raises(StoreError, match="could not be written"):
            await account(settings, FakeExecutor(), failures).__aenter__()
    async with account(settings, FakeExecutor(), failures) as (_, client):
        assert (await client.get_job_task_counts("job")).task_counts.completed == 0


class Refusing(Disk):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refuse()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "size=4m") as folder:
        yield folder


async def test_a_disk_that_is_really_full(
    small_disk: Path, failures: list[StoreError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "Store", Store)
    settings = Settings(account="testacct", key=KEY, data_dir=small_disk / "account", boot=0)
    filler = small_disk / "filler"
    async with failing(settings, FakeExecutor(), failures) as (_, client):
        await client.create_job(job_options())
        fill(filler)
        taken = await add_until_refused(client)
        filler.unlink()
        # That there is room again does not bring back what was refused.
        with pytest.raises(HttpResponseError, match="the disk is full"):
            await client.create_task("job", task_options("later"))
    async with account(settings, FakeExecutor(), failures) as (_, client):
        assert (await client.get_job_task_counts("job")).task_counts.active == taken
        assert len([task async for task in client.list_tasks("job")]) == taken
        await client.create_task("job", task_options("later"))
