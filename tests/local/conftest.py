import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .fakes import FakeExecutor

KEY = base64.b64encode(b"not a secret, only long enough").decode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(account="testacct", key=KEY, data_dir=tmp_path / "account", boot=0)


@pytest.fixture
async def executor() -> FakeExecutor:
    return FakeExecutor()


@pytest.fixture
async def endpoint(settings: Settings, executor: FakeExecutor) -> AsyncIterator[str]:
    async with serve(settings, executor=executor) as address:
        yield address


@pytest.fixture
async def client(endpoint: str) -> AsyncIterator[BatchClient]:
    async with connect(endpoint) as batch:
        yield batch


def connect(endpoint: str, key: str = KEY, account: str = "testacct") -> BatchClient:
    return BatchClient(endpoint, AzureNamedKeyCredential(account, key), retry_total=0)
