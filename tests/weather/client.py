"""The program's own gateway to an account in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from batchtui.client.connect import connect
from batchtui.core.profile import Profile
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from batchtui.local.connection import Connection


@asynccontextmanager
async def session_of(account: Connection) -> AsyncIterator[Session]:
    """A session as the dashboard and commands get it."""
    profile = Profile(
        name="weather",
        batch_endpoint=account.batch_endpoint,
        batch_account=account.batch_account,
        batch_key=account.batch_key,
        storage_endpoint=account.storage_endpoint,
        storage_account=account.storage_account,
        storage_key=account.storage_key,
        local=True,
        simulated=account.simulated,
    )
    traffic = Traffic()
    async with connect(profile, traffic) as gateway:
        yield Session(
            gateway=gateway,
            traffic=traffic,
            label=account.batch_account,
            endpoint=account.batch_endpoint,
            local=True,
            read_only=False,
            simulated=account.simulated,
        )
