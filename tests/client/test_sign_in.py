"""What happens where there is no account key: Entra ID signs in, and the service lends a key."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import cast
from urllib.parse import parse_qs

import azure.identity.aio
import pytest
from azure.identity import CredentialUnavailableError
from azure.storage.blob import UserDelegationKey
from azure.storage.blob.aio import BlobServiceClient

from batchtui.client.connect import connect
from batchtui.client.sas import Signer
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.profile import Profile
from batchtui.core.traffic import Traffic


class NobodySignedIn:
    """As `DefaultAzureCredential` where nobody ran `az login`."""

    async def __aenter__(self) -> "NobodySignedIn":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Holds nothing."""

    async def close(self) -> None:
        """Holds nothing."""

    async def get_token(self, *scopes: str, **options: object) -> None:
        raise CredentialUnavailableError("EnvironmentCredential: not set\nAzureCliCredential: no")


@pytest.fixture
async def gateway(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", NobodySignedIn)
    profile = Profile(
        "test",
        "https://127.0.0.1:9",
        "mine",
        storage_endpoint="https://127.0.0.1:9",
        storage_account="store",
    )
    async with connect(profile, Traffic()) as gateway:
        yield gateway


async def test_nobody_signed_in(gateway: Gateway) -> None:
    assert gateway.storage
    started = time.monotonic()
    with pytest.raises(GatewayError) as caught:
        await gateway.batch.pools()
    assert str(caught.value) == (
        "Could not list pools: no sign-in to the Batch account mine was found; run az login, "
        "or set the account's key"
    )
    for call in (gateway.storage.containers(), gateway.storage.blobs("box", at_most=1)):
        with pytest.raises(GatewayError, match=r"no sign-in to the storage account store was"):
            await call
    signing = gateway.storage.container_url("box", rights="r", lasting=timedelta(hours=1))
    with pytest.raises(GatewayError, match=r"^Could not sign a URL of container box: no sign-in"):
        await signing
    assert time.monotonic() - started < 2, "it is not tried again and again"


class LendingService:
    """The part of a blob service that lends keys."""

    url = "https://store.blob.core.windows.net/"

    def __init__(self) -> None:
        self.lent: list[tuple[datetime, datetime]] = []

    async def get_user_delegation_key(self, start: datetime, expiry: datetime) -> UserDelegationKey:
        self.lent.append((start, expiry))
        key = UserDelegationKey()  # type: ignore[no-untyped-call]  # the SDK's own omission
        key.signed_oid = key.signed_tid = "00000000-0000-0000-0000-000000000000"
        key.signed_start, key.signed_expiry = f"{start:%FT%TZ}", f"{expiry:%FT%TZ}"
        key.signed_service, key.signed_version = "b", "2022-11-02"
        key.value = "a2V5"
        return key


async def test_one_lent_key_signs_many() -> None:
    service = LendingService()
    signer = Signer(cast("BlobServiceClient", service), "store", None)
    hour = timedelta(hours=1)
    first = parse_qs(await signer.container("box", "lwr", hour))
    second = parse_qs(await signer.blob("box", "a", "r", hour))
    ((start, end),) = service.lent
    now = datetime.now(UTC)
    assert start < now - timedelta(minutes=10)
    assert timedelta(days=6, hours=23) < end - now <= timedelta(days=7)
    assert (first["sp"], second["sp"]) == (["rwl"], ["r"])
    assert first["spr"] == ["https"]
    until = datetime.fromisoformat(first["se"][0])
    assert timedelta(minutes=59) < until - now <= hour
    assert "skoid" in first


async def test_a_lent_key_signs_for_a_week() -> None:
    service = LendingService()
    signer = Signer(cast("BlobServiceClient", service), "store", None)
    await signer.container("box", "r", timedelta(days=7))
    with pytest.raises(GatewayError, match=r"cannot last longer than 7 days"):
        await signer.container("box", "r", timedelta(days=7, seconds=1))
    assert len(service.lent) == 1


async def test_an_account_key_signs_by_itself() -> None:
    service = LendingService()
    signer = Signer(cast("BlobServiceClient", service), "store", "a2V5")
    assert "sig=" in await signer.container("box", "r", timedelta(days=30))
    assert not service.lent
