"""A local account in this process, with any weather, and what it says of its requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from azure.storage.blob.aio import BlobServiceClient

from batchtui.local.account import run_account
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.injection import FaultInjection, Observer
from batchtui.local.faults.log import RequestEvent
from batchtui.local.faults.model import FaultSet
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from tests.kills.inventory import Inventory, inventory_of


@dataclass
class WeatherAccount:
    """An account, the faults that it plays, and a look at what exists that no fault strikes."""

    connection: Connection
    faults: FaultInjection
    inventory: Inventory
    blobs: BlobServiceClient
    """The storage service itself, without the proxy that plays the faults."""

    def play(self, faults: FaultSet) -> list[RequestEvent]:
        """Have this weather from now on. Returns all that will be written down of requests."""
        events: list[RequestEvent] = []

        async def observe(event: RequestEvent) -> None:
            events.append(event)

        self.faults.load(faults)
        self.faults.observers[:] = [observe]
        return events

    def watch(self, observer: Observer) -> None:
        """Await this observer too at each event, until other faults are played."""
        self.faults.observers.append(observer)

    def brighten(self) -> None:
        """No faults any more."""
        self.faults.load(FaultSet())


@asynccontextmanager
async def weather_account(
    folder: Path, *, play: Play | None = None
) -> AsyncIterator[WeatherAccount]:
    """An account of its own in a folder; with `play` it plays a world."""
    folder.mkdir(parents=True, exist_ok=True)
    data_dir = DataDir(folder / "account")
    async with run_account(data_dir, play=play, faults=FaultOptions(), progress=_quiet) as running:
        assert running.faults is not None
        account = running.connection
        own = f"http://127.0.0.1:{data_dir.ports().azurite}/{account.storage_account}"
        async with (
            inventory_of(replace(account, storage_endpoint=own), retries=3) as inventory,
            BlobServiceClient(
                own,
                {"account_name": account.storage_account, "account_key": account.storage_key},
                use_env_settings=False,
            ) as blobs,
        ):
            yield WeatherAccount(account, running.faults, inventory, blobs)


def _quiet(_: str) -> None:
    """An account says each fault that it plays; nobody listens."""
