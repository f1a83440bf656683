"""An account in a process of its own, that is killed and started again on its directory."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from azure.batch import models
from azure.batch.aio import BatchClient

from tests.local.batch import task_options
from tests.local.conftest import KEY, connect


class Victim:
    """Killed with SIGKILL, which no program can prepare for."""

    def __init__(self, process: asyncio.subprocess.Process, client: BatchClient) -> None:
        self._process = process
        self.client = client

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def victim(data_dir: Path) -> AsyncIterator[Victim]:
    """An account that has ended with the block, never politely."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.local.durability.program", str(data_dir), KEY),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    endpoint = (await process.stdout.readline()).decode().strip()
    assert endpoint, "The account ended instead of answering"
    async with connect(endpoint) as client:
        account = Victim(process, client)
        try:
            yield account
        finally:
            await account.kill()


def noting(task_id: str, ledger: Path, then: str = "") -> models.BatchTaskCreateOptions:
    """A task that adds its id to the ledger each time that it runs."""
    script = f"echo $AZ_BATCH_TASK_ID >> {ledger}; {then or 'exit 0'}"
    return task_options(task_id, f"sh -c '{script}'")
