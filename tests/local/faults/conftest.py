"""Accounts with faults in this process, and clients that see every byte of an answer."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from azure.batch.aio import BatchClient

from batchtui.local.faults.injection import FaultInjection, inject_faults
from batchtui.local.faults.options import FaultOptions
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from tests.local.conftest import connect
from tests.local.fakes import FakeExecutor

from .logged import LoggedRequest, requests_of


@dataclass
class FaultyAccount:
    """An account that misbehaves, with a client that tries everything once."""

    endpoint: str
    client: BatchClient
    faults: FaultInjection
    file: Path
    said: list[str]
    folder: Path

    def requests(self) -> list[LoggedRequest]:
        return requests_of(self.folder / "requests.log")


Faulty: TypeAlias = Callable[[str], AbstractAsyncContextManager[FaultyAccount]]


@pytest.fixture
def faulty(settings: Settings, tmp_path: Path) -> Faulty:
    """An account with the faults of a TOML text."""

    @asynccontextmanager
    async def account(text: str) -> AsyncIterator[FaultyAccount]:
        file = tmp_path / "faults.toml"
        file.write_text(text)
        said: list[str] = []
        async with (
            inject_faults(FaultOptions(file), tmp_path, say=said.append) as faults,
            serve(settings, executor=FakeExecutor(), faults=faults) as endpoint,
            connect(endpoint) as client,
        ):
            yield FaultyAccount(endpoint, client, faults, file, said, tmp_path)

    return account
