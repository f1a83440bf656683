"""URLs with a shared access signature: whoever holds one may use the container until it expires."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from azure.storage.blob import (
    BlobSasPermissions,
    ContainerSasPermissions,
    UserDelegationKey,
    generate_blob_sas,
    generate_container_sas,
)
from azure.storage.blob.aio import BlobServiceClient

from batchtui.core.gateway import GatewayError
from batchtui.core.redact import hold
from batchtui.core.service_clock import Now, utc_now

SKEW = timedelta(minutes=15)
"""How far this machine's clock may be ahead of the service's."""

LONGEST_DELEGATION = timedelta(days=7)
"""The service's limit for a key that it lends to an Entra ID sign-in."""


class Signer:
    """Signs with the account's key, or with one that the service lends to an Entra ID sign-in.

    An account that is used by a SAS can sign nothing: that SAS itself is handed on.
    """

    def __init__(
        self,
        client: BlobServiceClient,
        account: str,
        key: str | None,
        sas: str | None = None,
        *,
        now: Now = utc_now,
    ) -> None:
        """`now` tells the service's time of day: it is the service that ends a signature."""
        self._client = client
        self._account = account
        self._key = key
        self._sas = sas
        self._now = now
        self._lent: UserDelegationKey | None = None
        self._lent_until = datetime.min.replace(tzinfo=UTC)

    async def container(self, container: str, rights: str, lasting: timedelta) -> str:
        """The query string that gives `rights` (such as `rwl`) on a container."""
        if self._sas:
            return self._handed_on(rights)
        until, lent = await self._signing(lasting)
        return generate_container_sas(
            self._account,
            container,
            account_key=self._key,
            user_delegation_key=lent,
            permission=ContainerSasPermissions.from_string(rights),
            expiry=until,
            protocol=self._protocol,
        )

    async def blob(self, container: str, blob: str, rights: str, lasting: timedelta) -> str:
        """The query string that gives `rights` (such as `r`) on a blob."""
        if self._sas:
            return self._handed_on(rights)
        until, lent = await self._signing(lasting)
        return generate_blob_sas(
            self._account,
            container,
            blob,
            account_key=self._key,
            user_delegation_key=lent,
            permission=BlobSasPermissions.from_string(rights),
            expiry=until,
            protocol=self._protocol,
        )

    def _handed_on(self, rights: str) -> str:
        """The SAS of the profile, with all that it permits, until it expires."""
        sas = self._sas or ""
        given = parse_qs(sas).get("sp", [""])[0]
        lacking = [right for right in rights if right not in given]
        if given and lacking:
            raise GatewayError(
                f"the SAS of the storage account {self._account} lacks the permissions "
                f"{''.join(lacking)}, and another one can be signed with the account's key alone; "
                "set the key, or a SAS that has them",
                code="NoSigning",
            )
        return sas

    @property
    def _protocol(self) -> str | None:
        """A signature for https is not to be used over http; Azurite has http alone."""
        return "https" if self._client.url.startswith("https:") else None

    async def _signing(self, lasting: timedelta) -> tuple[datetime, UserDelegationKey | None]:
        """Until when, and the key on loan where there is no account key."""
        now = self._now()
        until = now + lasting
        if self._key is not None:
            return until, None
        if lasting > LONGEST_DELEGATION:
            raise GatewayError(
                f"A SAS of the storage account {self._account} cannot last longer than "
                f"{LONGEST_DELEGATION.days} days when az login signs it; "
                "ask for less, or set the account's key"
            )
        if self._lent is None or until > self._lent_until:
            # As long as may be, because the run that needs one SAS soon needs another.
            longest = now + LONGEST_DELEGATION
            self._lent = await self._client.get_user_delegation_key(now - SKEW, longest)
            self._lent_until = longest
            hold(self._lent.value)
        return min(until, self._lent_until), self._lent
