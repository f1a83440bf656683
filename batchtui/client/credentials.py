"""How requests are signed: with an account key, or with what Entra ID gives."""

import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from azure.core.credentials import AzureNamedKeyCredential

from batchtui.client.service import Service
from batchtui.core.gateway import GatewayError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


def named_key(service: Service, key: str) -> AzureNamedKeyCredential:
    """The account key as the SDKs want it; refused before any request if it is not base64.

    The SDK would raise a bare ValueError at the first request, and one of them with the key in it.
    """
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error:
        raise GatewayError(
            f"The key of the {service.kind} account {service.account} is not base64, so that it "
            "was not used; copy the whole key, which usually ends in =="
        ) from None
    return AzureNamedKeyCredential(service.account, key)


@asynccontextmanager
async def entra(service: Service) -> AsyncIterator["AsyncTokenCredential"]:
    """Whatever sign-in this machine has: az login, a managed identity, AZURE_CLIENT_* variables."""
    if not service.endpoint.startswith("https://"):
        raise GatewayError(
            f"{service.endpoint} is not https, and a sign-in is never sent in the clear; "
            f"set the key of the {service.kind} account {service.account}"
        )
    # A fifth of a second to import, which an account key need not pay.
    from azure.identity.aio import DefaultAzureCredential

    async with DefaultAzureCredential() as credential:
        yield credential
