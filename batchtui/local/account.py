"""The local account: Batch service, node agent, Azurite and warden, started and ended as one."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchtui.local.azurite.program import find_azurite, is_there
from batchtui.local.azurite.run import Account, Azurite, is_free, lasting_port, run_azurite
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir, Identity, port_of
from batchtui.local.faults.options import FaultOptions
from batchtui.local.image import make_image
from batchtui.local.play import Play, has_faults
from batchtui.local.trouble import DataDirError, LocalAccountError, unusable
from batchtui.local.warden import Warden, start_warden

if TYPE_CHECKING:
    from batchtui.local.executors import Executor
    from batchtui.local.faults.injection import FaultInjection
    from batchtui.local.scene import Scene
    from batchtui.local.simulated.scene import SimulatedScene
    from batchtui.local.store import StoreError

TASKS_PER_CORE = 4
MOST_NODES = 1000
MOST_SIMULATED_NODES = 50_000

Progress = Callable[[str], None]


class RunningAccount:
    """An account that answers at `connection`, and the faults that it plays, if any."""

    def __init__(
        self,
        connection: Connection,
        azurite: Azurite | None,
        warden: Warden,
        failure: "asyncio.Future[StoreError]",
        faults: "FaultInjection | None" = None,
    ) -> None:
        """`failure` gets its result when the account's state can no more be written."""
        self.connection = connection
        self.faults = faults
        self._azurite = azurite
        self._warden = warden
        self._failure = failure

    async def broken(self) -> None:
        """Wait until a part of it ends or fails by itself, and raise `LocalAccountError`."""
        parts = {asyncio.create_task(self._warden.ended()): "its warden process"}
        if self._azurite:
            parts[asyncio.create_task(self._azurite.ended())] = "Azurite, its storage service,"
        try:
            waited: set[asyncio.Future[Any]] = {*parts, self._failure}
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
        if self._failure.done():
            raise LocalAccountError(str(self._failure.result()))
        names = " and ".join(name for part, name in parts.items() if part in done)
        log = self.connection.data_dir / "azurite" / "azurite.log"
        raise LocalAccountError(
            f"The local account stopped because {names} ended by itself; Azurite's log is {log}."
        )


@asynccontextmanager
async def run_account(
    data_dir: DataDir,
    *,
    port: int = 0,
    play: Play | None = None,
    faults: FaultOptions | None = None,
    progress: Progress,
) -> AsyncIterator[RunningAccount]:
    """Run the account of a data directory; at the end everything that it started has ended.

    `port` is the Batch service's; 0 means the one of last time if it is free, else any. A world
    that is played begins anew, and has storage where Azurite is there already. With `faults`, or
    in a world that has some, the account misbehaves. Raises `LocalAccountError`.
    """
    await asyncio.to_thread(data_dir.prepare)
    path = data_dir.path
    async with AsyncExitStack() as stack:
        stack.enter_context(data_dir.lock())
        data_dir.claim(simulated=play is not None)
        identity = data_dir.identity()
        scene = await _scene(play) if play else None
        faults = _faults(play, faults)
        injection = await stack.enter_async_context(_injection(faults, path, progress))
        warden = await stack.enter_async_context(
            start_warden(path / "nodes", path / "azurite", lock=path / "warden")
        )
        storage, last = Account(identity.storage_account, identity.storage_key), data_dir.ports()
        azurite = None
        if play is None or is_there():
            program = await find_azurite(progress=progress, watch=warden)
            # Azurite comes up while the service does; it is waited for last.
            azurite = await stack.enter_async_context(
                run_azurite(
                    program,
                    storage,
                    path / "azurite",
                    port=last.azurite if injection else last.storage,
                    watch=warden,
                )
            )
        port = port or (last.batch if last.batch and is_free(last.batch) else lasting_port())
        # An account that was killed goes on with its tasks at once, and storage is up only later.
        storage_ready = asyncio.Event()
        executor = scene.executor if scene else await _agent(data_dir, warden, storage_ready)
        failure: asyncio.Future[StoreError] = asyncio.get_running_loop().create_future()
        endpoint = await stack.enter_async_context(
            _service(
                data_dir, identity, executor, scene, port, injection, failed=failure.set_result
            )
        )
        own_address = address = await azurite.listening() if azurite else ""
        if injection and address:
            address = await stack.enter_async_context(_proxy(address, last.storage, injection))
        storage_ready.set()
        if last.storage and address and f":{last.storage}/" not in address:
            progress(
                f"Another program uses port {last.storage}, so blob storage has moved to "
                f"{address}: addresses with a SAS that were made before do not work any more."
            )
        if scene and own_address:
            # No fault is about the world's own blobs.
            await stack.enter_async_context(_filling(scene, own_address, storage, progress))
        connection = data_dir.reached(
            identity,
            endpoint,
            address,
            started=False,
            simulated=play is not None,
            faults=str(faults.file.resolve()) if faults and faults.file else "",
        )
        azurite_port = port_of(own_address) if injection else last.azurite
        stack.enter_context(data_dir.announced(connection, os.getpid(), azurite=azurite_port))
        yield RunningAccount(connection, azurite, warden, failure, injection)


# What is imported below takes half a second, which is as long as Azurite takes to come up.


async def _scene(play: Play) -> "SimulatedScene":
    from batchtui.local.pace import SteadyPace
    from batchtui.local.simulated.scene import SimulatedScene
    from batchtui.local.simulated.world_file import read_world

    world = await asyncio.to_thread(read_world, play.world)
    return SimulatedScene(world, SteadyPace(play.speed))


def _faults(play: Play | None, faults: FaultOptions | None) -> FaultOptions | None:
    """The faults that are asked for, else those of the world that is played; None for none."""
    if play is None or (faults and faults.file) or not has_faults(play.world):
        return faults
    log = faults.request_log if faults else None
    return FaultOptions(play.world, in_world=True, request_log=log)


@asynccontextmanager
async def _injection(
    faults: FaultOptions | None, path: Path, progress: Progress
) -> "AsyncIterator[FaultInjection | None]":
    if faults is None:
        yield None
        return
    from batchtui.local.faults.injection import inject_faults

    async with inject_faults(faults, path, say=progress) as injection:
        yield injection


@asynccontextmanager
async def _proxy(address: str, port: int, faults: "FaultInjection") -> AsyncIterator[str]:
    """A proxy before the storage at an address; its own address, with the account's name too."""
    from batchtui.local.faults.proxy import serve_proxy

    origin, _, account = address.rpartition("/")
    async with serve_proxy(origin, port=port, faults=faults) as own:
        yield f"{own}/{account}"


@asynccontextmanager
async def _filling(
    scene: "SimulatedScene", address: str, storage: Account, progress: Progress
) -> AsyncIterator[None]:
    """Make the scene's containers meanwhile: it can be watched before the last blob is there."""

    async def fill() -> None:
        try:
            await scene.fill(address, storage.name, storage.key)
        except LocalAccountError as error:
            progress(str(error))

    filling = asyncio.create_task(fill())
    try:
        yield
    finally:
        filling.cancel()
        await asyncio.wait([filling])


async def _agent(data_dir: DataDir, warden: Warden, storage: asyncio.Event) -> "Executor":
    from batchtui.local.agent.agent import Agent

    image = data_dir.path / "image"
    try:
        await asyncio.to_thread(make_image, image)
    except OSError as error:
        raise unusable(data_dir.path, "make the nodes' image in", error) from error
    return Agent(image=image, watch=warden, storage=storage)


@asynccontextmanager
async def _service(
    data_dir: DataDir,
    identity: Identity,
    executor: "Executor",
    scene: "Scene | None",
    port: int,
    faults: "FaultInjection | None",
    *,
    failed: "Callable[[StoreError], None]",
) -> AsyncIterator[str]:
    """The Batch service. Raises `LocalAccountError`."""
    from batchtui.local.server import serve
    from batchtui.local.settings import Settings
    from batchtui.local.store import StoreError

    settings = Settings(
        account=identity.batch_account,
        key=identity.batch_key,
        data_dir=data_dir.path,
        port=port,
        most_nodes=MOST_SIMULATED_NODES if scene else MOST_NODES,
        most_tasks=None if scene else TASKS_PER_CORE * (os.cpu_count() or 1),
    )
    try:
        async with AsyncExitStack() as stack:
            try:
                endpoint = await stack.enter_async_context(
                    serve(settings, executor=executor, scene=scene, faults=faults, failed=failed)
                )
            except StoreError as error:
                raise DataDirError(str(error)) from error
            except OSError as error:
                raise LocalAccountError(
                    f"The Batch service cannot listen on port {port} of 127.0.0.1: "
                    f"{error.strerror}. Choose another with --port, or leave it out to take a "
                    "free one."
                ) from error
            yield endpoint
    except StoreError as error:
        raise LocalAccountError(str(error)) from error
