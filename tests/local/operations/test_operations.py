"""Every operation of azure-batch, by its synchronous and by its asynchronous client."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from azure.batch import BatchClient as SyncClient
from azure.batch.aio import BatchClient as AioClient
from azure.core.credentials import AzureNamedKeyCredential

from batchtui.local.server import serve
from batchtui.local.settings import Settings
from tests.local.conftest import KEY
from tests.local.fakes import FakeExecutor

from . import jobs, nodes, pools, tasks
from .twin import Twin

# One account for all of them: what they are tried on differs by its ids.
pytestmark = pytest.mark.asyncio(loop_scope="module")

Operation = Callable[[Twin, str], Awaitable[None]]
OPERATIONS: dict[str, Operation] = {
    name: function
    for module in (pools, nodes, jobs, tasks)
    for name, function in vars(module).items()
    if inspect.iscoroutinefunction(function) and function.__module__ == module.__name__
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    settings = Settings(
        account="testacct", key=KEY, data_dir=tmp_path_factory.mktemp("account"), boot=0
    )
    async with serve(settings, executor=FakeExecutor()) as endpoint:
        yield endpoint


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_aio(address: str, name: str) -> None:
    credential = AzureNamedKeyCredential("testacct", KEY)
    async with AioClient(address, credential, retry_total=0) as client:
        await OPERATIONS[name](Twin(client), f"aio-{name}")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_sync(address: str, name: str) -> None:
    credential = AzureNamedKeyCredential("testacct", KEY)
    with SyncClient(address, credential, retry_total=0) as client:
        await OPERATIONS[name](Twin(client), f"sync-{name}")


@pytest.mark.parametrize("client", [AioClient, SyncClient])
async def test_none_is_left_out(client: Any) -> None:
    public = {name for name, _ in inspect.getmembers(client) if not name.startswith("_")}
    assert public == OPERATIONS.keys()
