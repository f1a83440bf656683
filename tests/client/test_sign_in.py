"""What happens where there is no account key: Entra ID signs in, and the service lends a key."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
from batchtui.client.sign_in import explain, reasons
from batchtui.core.clouds import CLOUDS, cloud_of
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


MFA = """ERROR: AADSTS50076: Due to a configuration change made by your administrator, or because \
you moved to a new location, you must use multi-factor authentication to access '797f'. \
Trace ID: 0c1 Correlation ID: 7a2 Timestamp: 2026-11-20 09:00:00Z
Interactive authentication is needed. Please run:
az login --tenant "11111111-2222" --scope "https://batch.core.windows.net//.default"
"""
NOT_FOUND = "no sign-in to the Batch account mine was found (the Azure CLI, az, is not installed); "


def put_az(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, stderr: str = "", code: int = 1
) -> None:
    """An `az` that writes `stderr`, its arguments into the file `asked`, and a token."""
    token = '{"accessToken": "fake-access-token", "expires_on": 4102444800}'
    (folder / "stderr").write_text(stderr)
    script = f'#!/bin/sh\necho "$@" >> {folder}/asked\ncat {folder}/stderr >&2\n'
    script += f"echo '{token}'\n" if code == 0 else ""
    (folder / "az").write_text(f"{script}exit {code}\n")
    (folder / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.fixture
def _az_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but az signs in: the other credentials would ask the network."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "azureclicredential")
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.fault("2.28")
@pytest.mark.usefixtures("_az_alone")
@pytest.mark.parametrize(
    ("stderr", "why"),
    [
        (None, f"{NOT_FOUND}install it and run az login, or set the account's key"),
        (
            "ERROR: Please run 'az login' to setup account.",
            "no sign-in to the Batch account mine was found (az is not logged in); run az login, "
            "or set the account's key",
        ),
        (
            MFA,
            "no sign-in to the Batch account mine was found (az says: AADSTS50076: due to a "
            "configuration change made by your administrator, or because you moved to a new "
            "location, you must use multi-factor authentication to access '797f'); run az login "
            '--tenant "11111111-2222" --scope "https://batch.core.windows.net//.default", or set '
            "the account's key",
        ),
        (
            "ERROR: The connection was reset.",
            "no sign-in to the Batch account mine was found (az says: the connection was reset); "
            "run az login, or set the account's key",
        ),
    ],
)
async def test_why_az_gives_no_token(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    stderr: str | None,
    why: str,
) -> None:
    if stderr is not None:
        put_az(tmp_path, monkeypatch, stderr=stderr)
    async with connect(Profile("test", "https://127.0.0.1:9", "mine"), Traffic()) as gateway:
        for _ in range(2):
            with pytest.raises(GatewayError) as caught:
                await gateway.batch.pools()
    assert str(caught.value).casefold() == f"Could not list pools: {why}".casefold()
    assert (caught.value.status, caught.value.code) == (401, "NotSignedIn")
    assert caplog.text.count("No sign-in to the Batch account mine") == 1, "each reason once"


@pytest.mark.fault("2.28")
def test_each_credential_has_its_own_reason() -> None:
    message = """DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
\tEnvironmentCredential: Authentication failed: AADSTS7000215: Invalid client secret provided.
 Trace ID: 1
\tManagedIdentityCredential: ManagedIdentityCredential authentication unavailable, no response \
from the IMDS endpoint.
\tAzureCliCredential: Azure CLI not found on path
To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/x."""
    assert list(reasons(message)) == [
        "EnvironmentCredential",
        "ManagedIdentityCredential",
        "AzureCliCredential",
    ]
    assert explain("the storage account s", message) == (
        "no sign-in to the storage account s was found (the AZURE_CLIENT_ID variables: "
        "authentication failed: AADSTS7000215: Invalid client secret provided; the Azure CLI, az, "
        "is not installed); install it and run az login, or set the account's key"
    )


@pytest.mark.fault("2.28")
def test_a_client_secret_that_is_wrong_is_to_be_corrected() -> None:
    message = "x\nAttempted credentials:\n\tEnvironmentCredential: Invalid client secret."
    assert explain("the Batch account b", message) == (
        "no sign-in to the Batch account b was found (the AZURE_CLIENT_ID variables: invalid "
        "client secret); correct that, or set the account's key"
    )


@pytest.mark.fault("2.29")
@pytest.mark.usefixtures("_az_alone")
@pytest.mark.parametrize(
    ("host", "resource"),
    [
        ("a.westeurope.batch.azure.com", "https://batch.core.windows.net/"),
        ("a.usgovvirginia.batch.usgovcloudapi.net", "https://batch.core.usgovcloudapi.net/"),
        ("a.chinaeast2.batch.chinacloudapi.cn", "https://batch.chinacloudapi.cn/"),
        ("A.CHINAEAST2.BATCH.CHINACLOUDAPI.CN", "https://batch.chinacloudapi.cn/"),
    ],
)
async def test_the_token_is_asked_for_the_accounts_cloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, resource: str
) -> None:
    put_az(tmp_path, monkeypatch, code=0)
    profile = Profile("test", "https://127.0.0.1:9", "a", cloud=cloud_of(host))
    async with connect(profile, Traffic()) as gateway:
        with pytest.raises(GatewayError, match="nothing listens"):
            await gateway.batch.pools()
    asked = (tmp_path / "asked").read_text()
    assert f"--resource {resource}\n" in asked


@pytest.mark.fault("2.29")
async def test_the_sign_in_goes_to_the_accounts_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []

    class Noting(NobodySignedIn):
        def __init__(self, **options: str) -> None:
            given.append(options)

    monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", Noting)
    for cloud in CLOUDS:
        async with connect(Profile("t", "https://127.0.0.1:9", "a", cloud=cloud), Traffic()):
            """Opened and closed."""
    assert given == [
        {},
        {"authority": "login.microsoftonline.us"},
        {"authority": "login.chinacloudapi.cn"},
    ]


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


@pytest.mark.fault("3.12")
async def test_nothing_is_signed_beyond_its_key_after_a_renewal_that_failed() -> None:
    service = LendingService()
    signer = Signer(cast("BlobServiceClient", service), "store", None)
    lend = service.get_user_delegation_key

    async def refuse(start: datetime, expiry: datetime) -> UserDelegationKey:
        raise GatewayError("The service is busy.", status=503)

    service.get_user_delegation_key = refuse  # type: ignore[method-assign]  # away for a moment
    with pytest.raises(GatewayError, match="busy"):
        await signer.container("box", "r", timedelta(days=1))
    service.get_user_delegation_key = lend  # type: ignore[method-assign]
    signed = parse_qs(await signer.container("box", "r", timedelta(days=1)))
    assert len(service.lent) == 1, "a key is asked for again"
    assert "skoid" in signed

    key = service.lent[0]
    signer._lent_until -= timedelta(days=6, hours=12)
    service.get_user_delegation_key = refuse  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(GatewayError, match="busy"):
            await signer.container("box", "r", timedelta(days=1))
    service.get_user_delegation_key = lend  # type: ignore[method-assign]
    signed = parse_qs(await signer.container("box", "r", timedelta(days=1)))
    assert datetime.fromisoformat(signed["se"][0]) <= datetime.fromisoformat(signed["ske"][0])
    assert service.lent[1:] != [key]


@pytest.mark.fault("2.5")
async def test_a_signature_ends_by_the_services_clock() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    service = cast("BlobServiceClient", LendingService())
    signer = Signer(service, "store", "a2V5", now=lambda: noon)
    signed = parse_qs(await signer.container("box", "r", timedelta(hours=1)))
    assert signed["se"] == ["2026-11-20T13:00:00Z"]


@pytest.mark.fault("2.28")
def test_a_credential_whose_package_is_not_there_was_never_set_up() -> None:
    message = """DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.
\tVisualStudioCodeCredential: VisualStudioCodeCredential requires the 'azure-identity-broker' package to be installed. You must also ensure you have the Azure Resources extension installed and have signed in to Azure via Visual Studio Code.
\tAzureCliCredential: Please run 'az login' to set up an account
To mitigate this issue, please refer to the troubleshooting guidelines here"""  # noqa: E501
    assert explain("the Batch account mine", message) == (
        "no sign-in to the Batch account mine was found (az is not logged in); run az login, or "
        "set the account's key"
    )
