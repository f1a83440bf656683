"""How requests are signed: with an account key, or with what Entra ID gives."""

import base64
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from azure.core.credentials import AccessToken, AzureNamedKeyCredential, AzureSasCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError

from batchtui.client.service import NotSignedInError, Service
from batchtui.client.sign_in import explain
from batchtui.core.clouds import PUBLIC, Cloud
from batchtui.core.endpoints import in_the_clear
from batchtui.core.gateway import GatewayError
from batchtui.core.redact import hold

_log = logging.getLogger(__name__)


def named_key(service: Service, key: str) -> AzureNamedKeyCredential:
    """The account key as the SDKs want it; refused before any request if it is not base64.

    The SDK would raise a bare ValueError at the first request, and one of them with the key in it.
    """
    hold(key)
    refuse_in_the_clear(service, "key")
    try:
        base64.b64decode(key, validate=True)
    except ValueError:  # binascii.Error is one; so is what is raised for text beyond ASCII
        raise GatewayError(
            f"The key of the {service.kind} account {service.account} is not base64, so that it "
            "was not used; copy the whole key, which usually ends in =="
        ) from None
    return AzureNamedKeyCredential(service.account, key)


def sas_credential(service: Service, sas: str) -> AzureSasCredential:
    hold(sas)
    refuse_in_the_clear(service, "SAS")
    return AzureSasCredential(sas)


def refuse_in_the_clear(service: Service, secret: str) -> None:
    """Raise where a secret would be used over plain http beyond this machine."""
    if in_the_clear(service.endpoint):
        raise GatewayError(
            f"{service.endpoint} is not https, so that the {secret} of the {service.kind} account "
            f"{service.account} was not used; plain http is for this machine alone",
            code="NotSent",
        )


@asynccontextmanager
async def entra(service: Service, cloud: Cloud = PUBLIC) -> AsyncIterator[AsyncTokenCredential]:
    """Whatever sign-in this machine has: az login, a managed identity, AZURE_CLIENT_* variables."""
    if not service.endpoint.startswith("https://"):
        raise GatewayError(
            f"{service.endpoint} is not https, and a sign-in is never sent in the clear; "
            f"set the key of the {service.kind} account {service.account}",
            code="NotSent",
        )
    # A fifth of a second to import, which an account key need not pay.
    from azure.identity.aio import DefaultAzureCredential

    # The public cloud's authority is that of AZURE_AUTHORITY_HOST, where that is set.
    options = {} if cloud is PUBLIC else {"authority": cloud.authority}
    async with SignIn(DefaultAzureCredential(**options), service) as credential:
        yield credential


class SignIn:
    """An `AsyncTokenCredential` that fails at once where nobody is signed in.

    The storage SDK would take the failure for a lost request and repeat it, for half a minute.
    """

    def __init__(self, inner: AsyncTokenCredential, service: Service) -> None:
        self._inner = inner
        self._service = service
        self._logged = ""

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """As the inner credential, but raises `NotSignedInError`, with what to do."""
        try:
            token = await self._inner.get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            account = f"the {self._service.kind} account {self._service.account}"
            if error.message != self._logged:  # polling would say it each time
                self._logged = error.message
                _log.warning("No sign-in to %s: %s", account, error.message)
            raise NotSignedInError(explain(account, error.message)) from error
        hold(token.token)
        return token

    async def close(self) -> None:
        await self._inner.close()

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._inner.__aexit__(exc_type, exc_value, traceback)
