"""An account that is killed with -9 at any moment, and what is there when it starts again."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError

from tests.local.batch import completed, job_options, nodes, steady_pool, until

from .victim import noting, victim

KILLS = 8


async def test_a_task_that_was_running_runs_again_from_nothing(tmp_path: Path) -> None:
    """Its first run ignores being asked to end, and leaves half of a file behind."""
    data, ledger, go = tmp_path / "data", tmp_path / "ledger", tmp_path / "go"
    alone = f"exec 9>{tmp_path / 'lock'}; flock -n 9 || exit 8"
    half = "test ! -e out.txt || exit 9; echo half > out.txt"
    wait = f"while [ ! -e {go} ]; do sleep 0.02; done; exit 0"
    async with victim(data) as first:
        client = first.client
        await steady_pool(client, target_dedicated_nodes=1, task_slots_per_node=2)
        (node,) = await nodes(client)
        await client.create_job(job_options())
        await client.create_task("job", noting("done", ledger))
        before = await completed(client, "done")
        await client.create_task(
            "job", noting("t", ledger, f'trap "" TERM; {alone}; {half}; {wait}')
        )
        await until(lambda: said(ledger), lambda ids: ids["t"])
        # What was answered is kept; that a process runs may not be written down yet.
        await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    async with victim(data) as second:
        client = second.client
        task = await until(
            lambda: client.get_task("job", "t"), lambda task: task.state == "running"
        )
        assert task.execution_info
        assert task.execution_info.requeue_count == 1
        go.touch()
        task = await completed(client, "t")
        assert task.execution_info
        assert (task.execution_info.exit_code, task.execution_info.requeue_count) == (0, 1)
        after = await client.get_task("job", "done")
        assert (after.etag, after.execution_info) == (before.etag, before.execution_info)
        assert [node.id for node in await nodes(client)] == [node.id]
    assert await said(ledger) == {"done": 1, "t": 2}


@pytest.mark.slow
async def test_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    """Killed again and again while tasks are added, run and looked at."""
    data, ledger = tmp_path / "data", tmp_path / "ledger"
    added: set[str] = set()
    done: dict[str, models.BatchTask] = {}
    async with victim(data) as account:
        await steady_pool(account.client, target_dedicated_nodes=2, task_slots_per_node=2)
        await account.client.create_job(job_options())
    for kill in range(KILLS):
        async with victim(data) as account:
            adding = asyncio.create_task(add(account.client, f"k{kill}", ledger, added))
            looking = asyncio.create_task(look(account.client, done))
            await asyncio.sleep(random.uniform(0.1, 0.8))  # any moment will do
            await account.kill()
            await asyncio.gather(adding, looking)
    assert len(added) > 20
    assert done
    async with victim(data) as account:
        client = account.client
        counts = await until(
            lambda: client.get_job_task_counts("job"),
            lambda found: not found.task_counts.active and not found.task_counts.running,
            patience=60,
        )
        found = {task.id: task async for task in client.list_tasks("job")}
    assert added <= found.keys()
    assert counts.task_counts.succeeded == len(found)
    for id_, task in done.items():
        assert found[id_].execution_info == task.execution_info, "a completed task ran again"
    for id_, runs in (await said(ledger)).items():
        info = found[id_].execution_info
        assert info
        assert runs <= 1 + (info.requeue_count or 0)


async def add(client: BatchClient, prefix: str, ledger: Path, added: set[str]) -> None:
    """Add tasks until the account is gone; those that were answered go to `added`."""
    for number in range(10_000):
        ids = [f"{prefix}-{number}-{n}" for n in range(3)]
        try:
            if number % 2:
                await client.create_task("job", noting(ids[0], ledger))
                added.add(ids[0])
            else:
                await client.create_tasks("job", [noting(id_, ledger) for id_ in ids])
                added.update(ids)
        except AzureError:
            return


async def look(client: BatchClient, done: dict[str, models.BatchTask]) -> None:
    """Note completed tasks until the account is gone."""
    while True:
        try:
            async for task in client.list_tasks("job", filter="state eq 'completed'"):
                if task.id:
                    done.setdefault(task.id, task)
        except AzureError:
            return


async def said(ledger: Path) -> Counter[str]:
    """How often each task has run."""
    return Counter(ledger.read_text().split() if ledger.exists() else ())


@pytest.mark.slow
@pytest.mark.fault("8.4", "4.9")
async def test_what_was_deleted_neither_runs_nor_leaves_a_folder(tmp_path: Path) -> None:
    """Killed again and again while tasks and jobs are added and deleted at once."""
    data, ledger = tmp_path / "data", tmp_path / "ledger"
    gone: set[str] = set()
    async with victim(data) as account:
        await steady_pool(account.client, target_dedicated_nodes=2, task_slots_per_node=4)
        await account.client.create_job(job_options())
    for kill in range(KILLS):
        async with victim(data) as account:
            before = await said(ledger)
            deleted = set(gone)
            storm = asyncio.create_task(add_and_delete(account.client, f"k{kill}", ledger, gone))
            await asyncio.sleep(random.uniform(0.2, 1.0))  # any moment will do
            await account.kill()
            await storm
            after = await said(ledger)
            assert {id_: after[id_] for id_ in deleted} == {id_: before[id_] for id_ in deleted}
    assert len(gone) > 20
    async with victim(data) as account:
        client = account.client
        jobs = {job.id or "" async for job in client.list_jobs()}
        for job in jobs - {"job"}:
            with suppress(ResourceNotFoundError, ResourceExistsError):  # it is going already
                await client.begin_delete_job(job)
        async for task in client.list_tasks("job"):
            assert task.id not in gone
            await client.delete_task("job", task.id or "")
        await client.begin_delete_job("job")
        await until(lambda: folders(data / "nodes"), lambda found: not found, patience=30)


async def add_and_delete(client: BatchClient, prefix: str, ledger: Path, gone: set[str]) -> None:
    """Go on until the account is gone; what was answered as deleted goes to `gone`."""
    for number in range(10_000):
        id_ = f"{prefix}-{number}"
        try:
            if number % 3:
                await client.create_task("job", noting(id_, ledger))
                await asyncio.sleep(random.uniform(0, 0.05))
                await client.delete_task("job", id_)
            else:
                await client.create_job(job_options(id_))
                await client.create_task(id_, noting(id_, ledger))
                await asyncio.sleep(random.uniform(0, 0.05))
                await client.begin_delete_job(id_)
            gone.add(id_)
        except AzureError:
            return


async def folders(nodes_folder: Path) -> list[str]:
    """What lies in the nodes' `workitems`, and in the trash."""
    found = nodes_folder.glob("*/*/workitems/*")
    return [str(path.relative_to(nodes_folder)) for path in (*found, *nodes_folder.glob(".*/*"))]
