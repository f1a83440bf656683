"""Puts blobs into a storage account on this machine, for worlds that have some."""

import asyncio
from collections.abc import Iterable

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from batchtui.local.trouble import LocalAccountError

_AT_ONCE = 16


async def fill_container(
    address: str, account: str, key: str, name: str, blobs: Iterable[tuple[str, bytes]]
) -> None:
    """Make a container with these blobs; one that exists already is left as it is.

    Raises `LocalAccountError` when the storage service refuses.
    """
    credential = {"account_name": account, "account_key": key}
    try:
        async with (
            # The proxy of the user has no business on the loopback interface.
            BlobServiceClient(address, credential, use_env_settings=False) as service,
            service.get_container_client(name) as container,
        ):
            await container.create_container()
            await _upload(container, blobs)
    except ResourceExistsError:
        return
    except AzureError as error:
        raise LocalAccountError(
            f"The world's container {name} could not be made: {error.message}"
        ) from error


async def _upload(container: ContainerClient, blobs: Iterable[tuple[str, bytes]]) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def upload(name: str, data: bytes) -> None:
        async with places:
            await container.upload_blob(name, data)

    async with asyncio.TaskGroup() as group:
        for name, data in blobs:
            group.create_task(upload(name, data))
