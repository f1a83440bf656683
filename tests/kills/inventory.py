"""What exists on an account and in its storage: asked of both services, never of batchtui."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient
from msgspec import Struct

from batchtui.core.ledger import Kind
from batchtui.local.connection import Connection

AGENT = "tests-kills"
"""How the proof's own requests are told from those of a run."""
PAUSE = 0.03


class Found(Struct, frozen=True):
    """A pool, job or container that exists, with the id of the run in its metadata."""

    kind: Kind
    name: str
    run_id: str


class Inventory:
    """Looks at an account by its SDKs."""

    def __init__(self, batch: BatchClient, storage: BlobServiceClient) -> None:
        self._batch = batch
        self._storage = storage

    async def found(self) -> tuple[Found, ...]:
        """Everything that exists; what is being deleted exists no more."""
        found = [
            Found(Kind.POOL, pool.id, _run_of(pool.metadata))
            async for pool in self._batch.list_pools()
            if pool.state != "deleting"
        ]
        found += [
            Found(Kind.JOB, job.id, _run_of(job.metadata))
            async for job in self._batch.list_jobs()
            if job.state != "deleting"
        ]
        async for container in self._storage.list_containers(include_metadata=True):
            run_id = (container.metadata or {}).get("batchtui_run", "")
            found.append(Found(Kind.CONTAINER, container.name, run_id))
        return tuple(found)

    async def empty(self, patience: float) -> bool:
        """Whether nothing at all is there, not even what is being deleted, within some seconds."""
        end = time.monotonic() + patience
        while True:
            pools = [pool.id async for pool in self._batch.list_pools()]
            jobs = [job.id async for job in self._batch.list_jobs()]
            containers = [c.name async for c in self._storage.list_containers()]
            if not (pools or jobs or containers):
                return True
            if time.monotonic() > end:
                return False
            await asyncio.sleep(PAUSE)

    async def until_running(self, job_id: str, tasks: int) -> None:
        """Wait until so many tasks of the job run, or have ended."""
        await self._until_counted(job_id, lambda active, running, done: running + done >= tasks)

    async def until_completed(self, job_id: str, tasks: int) -> None:
        await self._until_counted(job_id, lambda active, running, done: done >= tasks)

    async def _until_counted(self, job_id: str, wanted: Callable[[int, int, int], bool]) -> None:
        while True:
            counts = (await self._batch.get_job_task_counts(job_id)).task_counts
            if wanted(counts.active, counts.running, counts.completed):
                return
            await asyncio.sleep(PAUSE)

    async def until_gone(self, kind: Kind, name: str) -> None:
        """Wait until a job or pool that is being deleted is gone."""
        look: Callable[[str], Awaitable[object]] = (
            self._batch.get_job if kind is Kind.JOB else self._batch.get_pool
        )
        while True:
            try:
                await look(name)
            except ResourceNotFoundError:
                return
            await asyncio.sleep(PAUSE)

    async def clear(self) -> None:
        """Delete everything, for the next moment to find nothing of this."""
        async for container in self._storage.list_containers():
            await self._storage.delete_container(container.name)
        for found in await self.found():
            try:
                if found.kind is Kind.JOB:
                    await self._batch.begin_delete_job(found.name)
                if found.kind is Kind.POOL:
                    await self._batch.begin_delete_pool(found.name)
            except HttpResponseError as error:
                if error.status_code not in (404, 409):
                    raise
        await self.empty(30)


@asynccontextmanager
async def inventory_of(account: Connection, *, retries: int = 0) -> AsyncIterator[Inventory]:
    """An account's inventory, whose requests are told from a run's by their user agent."""
    batch_key = AzureNamedKeyCredential(account.batch_account, account.batch_key)
    storage_key = {"account_name": account.storage_account, "account_key": account.storage_key}
    async with (
        BatchClient(
            account.batch_endpoint, batch_key, user_agent=AGENT, retry_total=retries
        ) as batch,
        BlobServiceClient(
            account.storage_endpoint,
            storage_key,
            user_agent=AGENT,
            retry_total=retries,
            use_env_settings=False,
        ) as storage,
    ):
        yield Inventory(batch, storage)


def _run_of(metadata: object) -> str:
    pairs = metadata if isinstance(metadata, list) else []
    return next((pair.value for pair in pairs if pair.name == "batchtui-run"), "")
