"""The server itself: what happens when something under it fails."""

from collections.abc import Callable
from datetime import datetime

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import job_options, nodes, pool_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor


class Broken(FakeExecutor):
    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        raise ZeroDivisionError("a bug")


async def test_a_bug_in_the_background_is_never_swallowed(settings: Settings) -> None:
    with pytest.raises(BaseExceptionGroup) as caught:
        await run_one_task(settings)
    assert caught.group_contains(ZeroDivisionError)


async def run_one_task(settings: Settings) -> None:
    async with serve(settings, executor=Broken()) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t"))
        assert (await client.get_task("job", "t")).state == "active"


async def test_a_node_whose_folders_cannot_be_made_is_unusable(
    client: BatchClient, settings: Settings
) -> None:
    (settings.data_dir / "nodes").write_text("in the way")
    await client.create_pool(pool_options(target_dedicated_nodes=1))
    found = await until(lambda: nodes(client), lambda seen: seen and seen[0].state == "unusable")
    assert found[0].errors
    assert found[0].errors[0].code == "NodeUnusable"


# The SDK sends the first, too large body as bytes, which aiohttp warns of.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_tasks_too_large_for_one_request_are_split_by_the_sdk(client: BatchClient) -> None:
    await client.create_job(job_options())
    large = [models.EnvironmentSetting(name="A", value="x" * 30_000)]
    tasks = [task_options(f"t{n}", environment_settings=large) for n in range(100)]
    await client.create_tasks("job", tasks)
    assert (await client.get_job_task_counts("job")).task_counts.active == 100


async def test_the_data_directory_is_made(settings: Settings) -> None:
    assert not settings.data_dir.exists()
    async with serve(settings, executor=FakeExecutor()) as endpoint:
        assert endpoint.startswith("http://127.0.0.1:")
    assert (settings.data_dir / "account.db").exists()
