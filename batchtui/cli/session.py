"""Opens the account of a profile, and the local account where it has to run first."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from importlib import import_module

from batchtui.config import choose, prices
from batchtui.core.gateway import Gateway
from batchtui.core.profile import ConfigError, LocalProfile, Profile
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play

NO_PROFILE = (
    "No account is chosen: use --profile local for the local Batch account, or set "
    "AZURE_BATCH_ACCOUNT, AZURE_BATCH_ENDPOINT and AZURE_BATCH_ACCESS_KEY for one in Azure."
)

NO_FAULTS = (
    "Only the local Batch account plays faults: give --faults together with --profile local or "
    "--world."
)


def is_chosen(name: str | None) -> bool:
    """Whether an account is chosen at all: by a name or by the settings. Raises `ConfigError`."""
    return choose(name, storage_optional=True) is not None


@asynccontextmanager
async def open_session(
    name: str | None,
    *,
    play: Play | None = None,
    faults: FaultOptions | None = None,
    read_only: bool = False,
    progress: Callable[[str], None],
) -> AsyncIterator[Session]:
    """Open the account of the profile `name`, of the profile that the settings choose, or a play.

    `faults` has the local account misbehave, where it is not running already.

    `read_only` has every request refused that would change something, as the profile may too.
    The local account is used where it runs already, else started and stopped again at the end;
    `progress` gets a sentence for each step of that. Raises `ConfigError` when no profile can be
    chosen or a setting is wrong, `LocalAccountError` when the local account cannot be started and
    `GatewayError` when the profile's keys cannot be used. No request is sent to a remote account
    yet.
    """
    # The SDKs take half a second to import, which `batchtui --help` should not pay, and which
    # would freeze a screen that is up already.
    loading = asyncio.create_task(asyncio.to_thread(import_module, "batchtui.client.connect"))
    async with AsyncExitStack() as stack:
        try:
            profile = LocalProfile() if play else choose(name, storage_optional=True)
            if profile is None:
                raise ConfigError(NO_PROFILE)
            if isinstance(profile, LocalProfile):
                profile = await stack.enter_async_context(
                    _local_account(profile, play, faults, progress)
                )
            elif faults:
                raise ConfigError(NO_FAULTS)
        finally:
            await loading
        guard = f"the profile {profile.name} says so" if profile.read_only else ""
        if read_only and not guard:
            guard = "batchtui was started with --read-only"
            profile = replace(profile, read_only=True)
        from batchtui.client.connect import connect

        traffic = Traffic(polls_per_minute=profile.polls_per_minute)
        gateway = await stack.enter_async_context(connect(profile, traffic))
        yield _session(profile, gateway, traffic, guard)


def _session(profile: Profile, gateway: Gateway, traffic: Traffic, guard: str) -> Session:
    return Session(
        gateway=gateway,
        traffic=traffic,
        label=profile.batch_account,
        endpoint=profile.batch_endpoint,
        local=profile.local,
        read_only=profile.read_only,
        simulated=profile.simulated,
        guard=guard,
        prices=prices(),
    )


@asynccontextmanager
async def _local_account(
    profile: LocalProfile,
    play: Play | None,
    faults: FaultOptions | None,
    progress: Callable[[str], None],
) -> AsyncIterator[Profile]:
    """The local account while it runs."""
    from batchtui.local.launch import attach_or_start

    async with attach_or_start(
        profile.data_dir, play=play, faults=faults, progress=progress
    ) as account:
        yield Profile(
            name=profile.name,
            batch_endpoint=account.batch_endpoint,
            batch_account=account.batch_account,
            batch_key=account.batch_key,
            storage_endpoint=account.storage_endpoint,
            storage_account=account.storage_account,
            storage_key=account.storage_key,
            local=True,
            simulated=account.simulated,
        )
