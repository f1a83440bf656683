"""Filters that no index serves: applied in slices, so that nobody waits for a million tasks."""

import asyncio
import contextlib

import pytest
from azure.batch.aio import BatchClient

from batchtui.local import store
from batchtui.local.world import task_table

from .batch import job_options, steady_pool, task_options, until

FILTERS = (
    "executionInfo/exitCode eq 1",
    "executionInfo/exitCode ne 0",
    "executionInfo/exitCode eq 7",
    "state eq 'completed' and executionInfo/exitCode gt 0",
    "startswith(id, 't1') or executionInfo/exitCode eq 1",
    "stateTransitionTime gt DateTime'2020-01-01T00:00:00Z'",
)


@pytest.fixture
async def tasks(client: BatchClient) -> list[str]:
    """Forty tasks that have run; every third has failed."""
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    ids = [f"t{n:02}" for n in range(40)]
    await client.create_tasks(
        "job", [task_options(id_, f"exit {n % 3 == 0:d}") for n, id_ in enumerate(ids)]
    )
    await until(
        lambda: client.get_job_task_counts("job"), lambda found: found.task_counts.completed == 40
    )
    return ids


@pytest.mark.usefixtures("tasks")
@pytest.mark.parametrize("text", FILTERS)
async def test_slices_find_what_one_look_finds(
    client: BatchClient, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pages() -> list[list[str | None]]:
        found = client.list_tasks("job", filter=text, max_results=5).by_page()
        return [[task.id async for task in page] async for page in found]

    whole = await pages()
    impatient(monkeypatch)
    assert await pages() == whole
    assert [task.id async for task in client.list_tasks("job", filter=text, select=["id"])] == [
        id_ for page in whole for id_ in page
    ]


@pytest.mark.usefixtures("tasks")
async def test_others_have_their_turn_between_slices(
    client: BatchClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    looks: list[int] = []
    slice_end = task_table.TaskTable._slice_end

    def noted(table: task_table.TaskTable, job: str, first: str) -> str:
        looks.append(turns)
        return slice_end(table, job, first)

    monkeypatch.setattr(task_table.TaskTable, "_slice_end", noted)
    counting = asyncio.create_task(count())
    assert not [task async for task in client.list_tasks("job", filter=FILTERS[2])]
    counting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await counting
    assert len(looks) == 14
    assert len(set(looks)) == len(looks)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up the one look at once, and take slices of three."""
    monkeypatch.setattr(task_table, "_PATIENCE", -1)
    monkeypatch.setattr(task_table, "_SLICE", 3)
    monkeypatch.setattr(store, "_STEPS", 1)
