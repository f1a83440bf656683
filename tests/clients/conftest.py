import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.batch import BatchClient
from azure.core.credentials import AzureNamedKeyCredential

from batchtui.local.azurite.toolchain import Node, find_node
from batchtui.local.connection import Connection
from batchtui.local.launch import attach_or_start
from batchtui.local.trouble import LocalAccountError

from .az import REQUIREMENTS, Az
from .environments import python_with
from .work import ready_pool


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A local account in processes of its own, with Azurite."""
    with _running(tmp_path_factory.mktemp("account")) as connection:
        yield connection


@contextmanager
def _running(data_dir: Path) -> Iterator[Connection]:
    """An account whose lifeline is held by the event loop of another thread."""
    ready: Future[Connection] = Future()
    over = threading.Event()

    async def hold() -> None:
        async with attach_or_start(data_dir, progress=lambda _: None) as connection:
            ready.set_result(connection)
            await asyncio.to_thread(over.wait)

    with ThreadPoolExecutor(1) as thread:
        life: Future[None] = thread.submit(lambda: asyncio.run(hold()))
        try:
            first: tuple[Future[Any], ...] = (ready, life)
            wait(first, timeout=120, return_when=FIRST_COMPLETED)
            if life.done():
                life.result()
            yield ready.result(timeout=0)
        finally:
            over.set()
    life.result()


@pytest.fixture(scope="session")
def batch(account: Connection) -> Iterator[BatchClient]:
    """A client of this process, to look at what other clients did."""
    credential = AzureNamedKeyCredential(account.batch_account, account.batch_key)
    with BatchClient(account.batch_endpoint, credential, retry_total=0) as client:
        yield client


@pytest.fixture(scope="session")
def pool(batch: BatchClient) -> str:
    """A pool with two idle nodes, to run tasks on and to leave as it is."""
    return ready_pool(batch, "shared", 2)


@pytest.fixture(scope="session")
def az_python() -> Path:
    return python_with(*REQUIREMENTS)


@pytest.fixture
def az(az_python: Path, account: Connection, tmp_path: Path) -> Az:
    return Az(az_python, account, tmp_path)


@pytest.fixture(scope="session")
def node() -> Node:
    """The machine's Node.js."""
    try:
        return asyncio.run(find_node())
    except LocalAccountError as error:
        pytest.skip(str(error))
