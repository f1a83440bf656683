"""Builds a gateway from a profile."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from azure.batch.aio import BatchClient
from azure.core import AsyncPipelineClient
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.storage.blob.aio import BlobServiceClient

from batchtui.client.batch import BatchAccount
from batchtui.client.blobs import RECEIVED, SENT, StorageAccount
from batchtui.client.credentials import entra, named_key, sas_credential
from batchtui.client.retrying import RetryPolicy
from batchtui.client.sas import Signer
from batchtui.client.service import Kind, Service
from batchtui.client.transport import RecordedTransport
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.profile import Profile
from batchtui.core.traffic import Traffic

T = TypeVar("T")

_log = logging.getLogger(__name__)

STORAGE_SCOPE = "https://storage.azure.com/.default"


@asynccontextmanager
async def connect(profile: Profile, traffic: Traffic) -> AsyncIterator[Gateway]:
    """The account of `profile`, until the end of the block. Sends nothing yet.

    Raises `GatewayError` where the Batch account cannot be used: for a key that is not base64 or
    would go over plain http, and for a sign-in over http. A storage account that cannot be used is
    left out: the gateway says why.
    """
    async with AsyncExitStack() as stack:
        batch = await _batch(stack, profile, traffic)
        storage, trouble = None, profile.storage_trouble
        if profile.storage_endpoint:
            try:
                storage = await _storage(stack, profile, traffic)
            except GatewayError as error:
                trouble = str(error)
        yield Gateway(batch, storage, trouble)


async def _batch(stack: AsyncExitStack, profile: Profile, traffic: Traffic) -> BatchAccount:
    service = Service(
        Kind.BATCH, profile.batch_endpoint, profile.batch_account, profile.batch_key is not None
    )
    with service.trying(f"open the Batch account {service.account}"):
        credential = (
            await _entered(stack, service, entra(service, profile.cloud))
            if profile.batch_key is None
            else named_key(service, profile.batch_key)
        )
        client = BatchClient(
            service.endpoint,
            credential,
            # Not storage's, which is another service: a played account has a clock of its own.
            transport=RecordedTransport(
                service.endpoint, traffic, read_only=profile.read_only, clock=traffic.service_clock
            ),
            retry_policy=_retry_policy(),
            credential_scopes=[f"{profile.cloud.batch_audience}/.default"],
        )
        return BatchAccount(await _entered(stack, service, client), service, traffic)


async def _storage(stack: AsyncExitStack, profile: Profile, traffic: Traffic) -> StorageAccount:
    key, sas = profile.storage_key, profile.storage_sas
    service = Service(
        Kind.STORAGE,
        profile.storage_endpoint,
        profile.storage_account,
        keyed=key is not None,
        by_sas=sas is not None,
    )
    with service.trying(f"open the storage account {service.account}"):
        credential: AzureNamedKeyCredential | AzureSasCredential | AsyncTokenCredential
        if key is not None:
            credential = named_key(service, key)
        elif sas is not None:
            credential = sas_credential(service, sas)
        else:
            credential = await _entered(stack, service, entra(service, profile.cloud))
        client = BlobServiceClient(
            service.endpoint,
            credential,
            transport=RecordedTransport(service.endpoint, traffic, read_only=profile.read_only),
            # The SDK's own pauses begin at fifteen seconds, and its blocks at 32 and 64 MiB.
            initial_backoff=1,
            increment_base=2,
            random_jitter_range=0,
            retry_connect=1,
            retry_read=2,
            retry_status=2,
            max_single_put_size=SENT,
            max_block_size=SENT,
            max_single_get_size=RECEIVED,
            max_chunk_get_size=RECEIVED,
        )
        await _entered(stack, service, client)
        lister = _lister(service, traffic, credential)
        await _entered(stack, service, lister)
        signer = Signer(client, service.account, key, sas, now=traffic.service_clock.now)
        return StorageAccount(client, lister, service, signer)


async def _entered(
    stack: AsyncExitStack, service: Service, opened: AbstractAsyncContextManager[T]
) -> T:
    """Open what is closed at the end of the block; that it cannot be closed ends nothing."""

    async def close(*exception: Any) -> None:
        try:
            with service.trying(f"close the connection to the {service.kind} account"):
                await opened.__aexit__(None, None, None)
        except GatewayError as error:
            _log.warning("%s", error)

    entered = await opened.__aenter__()
    stack.push_async_exit(close)
    return entered


def _retry_policy() -> RetryPolicy:
    """Few attempts: a dashboard asks again soon anyway, and says that it is waiting."""
    return RetryPolicy(retry_connect=1, retry_read=0, retry_status=2)


def _lister(
    service: Service,
    traffic: Traffic,
    credential: AzureNamedKeyCredential | AzureSasCredential | AsyncTokenCredential,
) -> AsyncPipelineClient[HttpRequest, AsyncHttpResponse]:
    """Sends the listings of blobs, which come with a SAS unless Entra ID signs."""
    policies: list[object] = [_retry_policy()]
    if not isinstance(credential, AzureNamedKeyCredential | AzureSasCredential):
        policies.append(AsyncBearerTokenCredentialPolicy(credential, STORAGE_SCOPE))
    return AsyncPipelineClient(
        service.endpoint,
        policies=policies,
        transport=RecordedTransport(service.endpoint, traffic, read_only=True),
    )
