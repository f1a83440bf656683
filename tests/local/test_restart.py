"""An account that stops, politely or not, and starts again on the same directory."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from azure.batch import models

from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.store import Store, StoreError

from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor


async def test_running_tasks_are_requeued_and_completed_ones_stay(settings: Settings) -> None:
    before, after = FakeExecutor(), FakeExecutor()
    async with serve(settings, executor=before) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1, target_low_priority_nodes=1)
        ids = [node.id for node in await nodes(client)]
        await client.create_job(job_options())
        await client.create_task("job", task_options("done"))
        done = await completed(client, "done")
        await client.create_task("job", task_options("t", "wait"))
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    async with serve(settings, executor=after) as endpoint, connect(endpoint) as client:
        task = await until(
            lambda: client.get_task("job", "t"), lambda task: task.state == "running"
        )
        assert task.execution_info
        assert task.execution_info.requeue_count == 1
        assert [node.id for node in await nodes(client)] == ids
        assert (await client.get_task("job", "done")).etag == done.etag
        counts = (await client.get_job_task_counts("job")).task_counts
        assert (counts.running, counts.succeeded) == (1, 1)
        assert [launch.command_line for launch in after.launches] == ["wait"]


async def test_nodes_that_were_up_are_up_without_their_start_task_again(
    settings: Settings,
) -> None:
    start = models.BatchStartTask(command_line="exit 0", wait_for_success=True)
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1, start_task=start)
        (before,) = await nodes(client)
    again = FakeExecutor()
    async with serve(settings, executor=again) as endpoint, connect(endpoint) as client:
        (node,) = await nodes(client)
        assert (node.state, node.last_boot_time) == ("idle", before.last_boot_time)
        assert not again.launches


async def test_what_was_answered_is_on_disk(settings: Settings) -> None:
    """A copy of the directory, taken while the account runs, is what kill -9 leaves."""
    copy = replace(settings, data_dir=settings.data_dir.with_name("copy"))
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await client.create_job(job_options())
        await client.create_tasks("job", [task_options(f"t{n:03}") for n in range(150)])
        await asyncio.to_thread(shutil.copytree, settings.data_dir, copy.data_dir)
    async with serve(copy, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        assert len([task async for task in client.list_tasks("job")]) == 150
        assert (await client.get_job_task_counts("job")).task_counts.active == 150
        await client.create_task("job", task_options("another"))


async def test_a_deletion_under_way_is_carried_on(settings: Settings) -> None:
    copy = replace(settings, data_dir=settings.data_dir.with_name("copy"))
    stubborn = Stubborn()
    async with serve(settings, executor=stubborn) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t", "wait"))
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
        await client.begin_delete_pool("pool")
        await client.begin_delete_job("job")
        assert (await client.get_job("job")).state == "deleting"
        assert (await client.get_pool("pool")).state == "deleting"
        await asyncio.to_thread(shutil.copytree, settings.data_dir, copy.data_dir)
        stubborn.may_end.set()
    async with serve(copy, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:

        async def left() -> int:
            jobs = [job async for job in client.list_jobs()]
            return len(jobs) + len([pool async for pool in client.list_pools()])

        await until(left, lambda number: number == 0)


async def test_a_second_account_on_one_directory_is_refused(settings: Settings) -> None:
    async with serve(settings, executor=FakeExecutor()):
        with pytest.raises(StoreError, match="another local account is using it"):
            await asyncio.wait_for(serve(settings, executor=FakeExecutor()).__aenter__(), timeout=5)


async def test_a_directory_that_cannot_be_is_a_sentence(settings: Settings) -> None:
    settings.data_dir.write_text("a file")
    with pytest.raises(StoreError, match="Cannot keep the account in"):
        await serve(settings, executor=FakeExecutor()).__aenter__()


class Stubborn(FakeExecutor):
    """Its processes do not end before they may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        try:
            return await super().run(launch, running=running)
        except asyncio.CancelledError:
            await self.may_end.wait()
            raise


def test_what_nobody_commits_is_committed_soon(tmp_path: Path) -> None:
    soon: list[Callable[[], None]] = []
    store = Store(tmp_path / "account.db", soon=soon.append)
    for key in ("a", "b"):
        store.write("INSERT INTO needs VALUES (?, 'x', 1)", (key,))
    assert len(soon) == 1
    soon[0]()
    assert not store._db.in_transaction
    store.write("DELETE FROM needs")
    assert len(soon) == 2
    store.close()


async def test_an_answer_comes_after_its_commit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = settings.data_dir.with_name("copy")
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "_begin", begin_only)
            await client.create_job(job_options())
            await asyncio.to_thread(shutil.copytree, settings.data_dir, copy)
    kept = Store(copy / "account.db", soon=lambda commit: None)
    assert [doc for doc in kept.documents("job") if b'"job"' in doc]
    kept.close()


def begin_only(store: Store) -> None:
    """Begin a transaction that nothing but a request will commit."""
    if not store._db.in_transaction:
        store._db.execute("BEGIN IMMEDIATE")
