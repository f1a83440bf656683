"""The local account: Batch service, node agent, Azurite and warden, started and ended as one."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from batchtui.local.azurite.program import find_azurite
from batchtui.local.azurite.run import Account, Azurite, is_free, run_azurite
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir, Identity
from batchtui.local.image import make_image
from batchtui.local.trouble import LocalAccountError
from batchtui.local.warden import Warden, start_warden

TASKS_PER_CORE = 4

Progress = Callable[[str], None]


class RunningAccount:
    """An account that answers at `connection`."""

    def __init__(self, connection: Connection, azurite: Azurite, warden: Warden) -> None:
        self.connection = connection
        self._azurite = azurite
        self._warden = warden

    async def broken(self) -> None:
        """Wait until a part of it ends by itself, and raise `LocalAccountError`."""
        parts = {
            asyncio.create_task(self._azurite.ended()): "Azurite, its storage service,",
            asyncio.create_task(self._warden.ended()): "its warden process",
        }
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
        names = " and ".join(parts[part] for part in done)
        log = self.connection.data_dir / "azurite" / "azurite.log"
        raise LocalAccountError(
            f"The local account stopped because {names} ended by itself; Azurite's log is {log}."
        )


@asynccontextmanager
async def run_account(
    data_dir: DataDir, *, port: int = 0, progress: Progress
) -> AsyncIterator[RunningAccount]:
    """Run the account of a data directory; at the end everything that it started has ended.

    `port` is the Batch service's; 0 means the one of last time if it is free, else any. Raises
    `LocalAccountError`.
    """
    await asyncio.to_thread(data_dir.prepare)
    path = data_dir.path
    async with AsyncExitStack() as stack:
        stack.enter_context(data_dir.lock())
        identity = data_dir.identity()
        warden = await stack.enter_async_context(start_warden(path / "nodes", path / "azurite"))
        program = await find_azurite(progress=progress, watch=warden)
        storage = Account(identity.storage_account, identity.storage_key)
        last = data_dir.ports()
        # Azurite comes up while the service does; it is waited for last.
        azurite = await stack.enter_async_context(
            run_azurite(program, storage, path / "azurite", port=last.storage, watch=warden)
        )
        endpoint = await stack.enter_async_context(
            _service(data_dir, identity, warden, port or (last.batch if is_free(last.batch) else 0))
        )
        connection = data_dir.reached(identity, endpoint, await azurite.listening(), started=False)
        stack.enter_context(data_dir.announced(connection, os.getpid()))
        yield RunningAccount(connection, azurite, warden)


@asynccontextmanager
async def _service(
    data_dir: DataDir, identity: Identity, warden: Warden, port: int
) -> AsyncIterator[str]:
    """The Batch service with real processes behind it. Raises `LocalAccountError`."""
    # They take half a second to import, which is as long as Azurite takes to come up.
    from batchtui.local.agent.agent import Agent
    from batchtui.local.server import serve
    from batchtui.local.settings import Settings
    from batchtui.local.store import StoreError

    image = data_dir.path / "image"
    await asyncio.to_thread(make_image, image)
    agent = Agent(limit=TASKS_PER_CORE * (os.cpu_count() or 1), image=image, watch=warden)
    settings = Settings(
        account=identity.batch_account, key=identity.batch_key, data_dir=data_dir.path, port=port
    )
    async with AsyncExitStack() as stack:
        try:
            endpoint = await stack.enter_async_context(serve(settings, executor=agent))
        except StoreError as error:
            raise LocalAccountError(str(error)) from error
        except OSError as error:
            raise LocalAccountError(
                f"The Batch service cannot listen on port {port} of 127.0.0.1: {error.strerror}. "
                "Choose another with --port, or leave it out to take a free one."
            ) from error
        yield endpoint
