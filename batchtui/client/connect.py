"""Builds a gateway from a profile."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from azure.batch.aio import BatchClient
from azure.core import AsyncPipelineClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.storage.blob.aio import BlobServiceClient

from batchtui.client.batch import BatchAccount
from batchtui.client.blobs import RECEIVED, SENT, StorageAccount
from batchtui.client.credentials import entra, named_key
from batchtui.client.retrying import RetryPolicy
from batchtui.client.sas import Signer
from batchtui.client.service import Kind, Service
from batchtui.client.transport import RecordedTransport
from batchtui.core.gateway import Gateway
from batchtui.core.profile import Profile
from batchtui.core.traffic import Traffic

STORAGE_SCOPE = "https://storage.azure.com/.default"


@asynccontextmanager
async def connect(profile: Profile, traffic: Traffic) -> AsyncIterator[Gateway]:
    """The account of `profile`, until the end of the block. Sends nothing yet.

    Raises `GatewayError` for a key that is not base64 and for a sign-in that would go over http.
    """
    async with AsyncExitStack() as stack:
        batch = await _batch(stack, profile, traffic)
        storage = await _storage(stack, profile, traffic) if profile.storage_endpoint else None
        yield Gateway(batch, storage)


async def _batch(stack: AsyncExitStack, profile: Profile, traffic: Traffic) -> BatchAccount:
    service = Service(
        Kind.BATCH, profile.batch_endpoint, profile.batch_account, profile.batch_key is not None
    )
    credential = (
        await stack.enter_async_context(entra(service, profile.cloud))
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
    return BatchAccount(await stack.enter_async_context(client), service, traffic)


async def _storage(stack: AsyncExitStack, profile: Profile, traffic: Traffic) -> StorageAccount:
    key = profile.storage_key
    service = Service(
        Kind.STORAGE, profile.storage_endpoint, profile.storage_account, key is not None
    )
    credential = (
        await stack.enter_async_context(entra(service, profile.cloud))
        if key is None
        else named_key(service, key)
    )
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
    await stack.enter_async_context(client)
    lister = _lister(service, traffic, credential)
    await stack.enter_async_context(lister)
    return StorageAccount(client, lister, service, Signer(client, service.account, key))


def _retry_policy() -> RetryPolicy:
    """Few attempts: a dashboard asks again soon anyway, and says that it is waiting."""
    return RetryPolicy(retry_connect=1, retry_read=0, retry_status=2)


def _lister(
    service: Service,
    traffic: Traffic,
    credential: AzureNamedKeyCredential | AsyncTokenCredential,
) -> AsyncPipelineClient[HttpRequest, AsyncHttpResponse]:
    """Sends the listings of blobs, which come signed where there is an account key."""
    policies: list[object] = [_retry_policy()]
    if not isinstance(credential, AzureNamedKeyCredential):
        policies.append(AsyncBearerTokenCredentialPolicy(credential, STORAGE_SCOPE))
    return AsyncPipelineClient(
        service.endpoint,
        policies=policies,
        transport=RecordedTransport(service.endpoint, traffic, read_only=True),
    )
