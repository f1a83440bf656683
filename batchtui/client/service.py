"""A remote service as errors speak of it: every failure of an SDK becomes one sentence."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
import msgspec
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseTimeoutError,
)

from batchtui.client.transport import CONNECT_TIMEOUT, READ_TIMEOUT, ReadOnlyError
from batchtui.core.gateway import GatewayError
from batchtui.core.redact import redacted

REFUSED_KEY = frozenset({"AuthenticationFailed", "InvalidAuthenticationInfo"})
REFUSED_ROLE = frozenset(
    {"AuthorizationFailed", "AuthorizationPermissionMismatch", "InsufficientAccountPermissions"}
)


class NotSignedInError(Exception):
    """Entra ID gave no token, so that no request was sent."""


class Kind(StrEnum):
    BATCH = "Batch"
    STORAGE = "storage"


@dataclass(frozen=True, slots=True)
class Service:
    """Whom requests go to, and how they are signed."""

    kind: Kind
    endpoint: str
    account: str
    keyed: bool
    """Whether an account key signs; else Entra ID does."""

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into `GatewayError("Could not <what>: <why>")`."""
        try:
            yield
        except ReadOnlyError as error:
            # With the status that a service gives who may not: trying again would not help.
            raise GatewayError(f"Could not {what}: the profile is read-only", status=403) from error
        except NotSignedInError as error:
            raise GatewayError(f"Could not {what}: {self._unsigned()}", status=401) from error
        except AzureError as error:
            if isinstance(error, HttpResponseError) and error.response is not None:
                raise self._refused(what, error) from error
            raise GatewayError(f"Could not {what}: {self._unreachable(error)}") from error
        except msgspec.DecodeError as error:
            raise GatewayError(
                f"Could not {what}: {self.endpoint} answers, but not as Azure {self.kind} does "
                f"({error}); check that it is the right endpoint"
            ) from error

    def _refused(self, what: str, error: HttpResponseError) -> GatewayError:
        """The service's answer, in a sentence."""
        status = error.status_code
        code = _code(error)
        if code in REFUSED_KEY or status == 401:
            why = self._unauthenticated()
        elif code in REFUSED_ROLE and not self.keyed:
            why = f"your Entra ID account has no role on the account {self.account} that allows it"
        elif code == "AuthorizationFailure":
            why = (
                f"the {self.kind} account {self.account} refused it; check the account's key, "
                "and its network rules"
            )
        else:
            why = _reason(error)
        named = f" ({code})" if code else f" (HTTP {status})"
        return GatewayError(f"Could not {what}: {why}{named}", status=status, code=code)

    def _unauthenticated(self) -> str:
        if self.keyed:
            return (
                f"the account key was refused; check that it is a key of the {self.kind} account "
                f"{self.account} and that this machine's clock is right"
            )
        return f"the sign-in was refused by the {self.kind} account {self.account}; run az login"

    def _unsigned(self) -> str:
        return (
            f"no sign-in to the {self.kind} account {self.account} was found; run az login, "
            "or set the account's key"
        )

    def _unreachable(self, error: AzureError) -> str:
        """Why no answer came; the endpoint is always named."""
        cause = error.inner_exception
        match cause, error:
            case aiohttp.ClientConnectorCertificateError(), _:
                return f"the TLS certificate of {self.endpoint} is not valid"
            case aiohttp.ClientConnectorDNSError(), _:
                return f"the name in {self.endpoint} is not known; check the endpoint's spelling"
            case aiohttp.ClientConnectorError(), _ if isinstance(
                cause.os_error, ConnectionRefusedError
            ):
                return f"nothing listens at {self.endpoint} (connection refused)"
            case _, ServiceRequestTimeoutError():
                return f"{self.endpoint} could not be reached within {CONNECT_TIMEOUT:.0f} s"
            case _, ServiceResponseTimeoutError():
                return f"{self.endpoint} did not answer within {READ_TIMEOUT:.0f} s"
            case _, ServiceRequestError():
                return f"{self.endpoint} could not be reached ({sentence(error.message)})"
            case _:
                return f"{self.endpoint} broke off ({sentence(error.message)})"


def _code(error: HttpResponseError) -> str:
    """The service's name for the error; empty where the answer carried none."""
    code = getattr(error, "error_code", None) or getattr(error.error, "code", None)
    if not code:
        headers: Mapping[str, str] = getattr(error.response, "headers", {})
        code = headers.get("x-ms-error-code")
    return str(getattr(code, "value", code) or "")


def _reason(error: HttpResponseError) -> str:
    """What the service says, with what it says of the property or parameter that is wrong."""
    said = (error.error.message if error.error else None) or ""
    if not said and error.reason:
        said = error.reason
    if not said:
        said = error.message
    details = error.error.details if error.error else []
    named = "; ".join(
        # A detail called so is no property, but what is wrong in a formula, with its place.
        f"{detail.message}" if detail.code == "Message" else f"{detail.code} {detail.message}"
        for detail in details
    )
    return sentence(said) + (f": {redacted(named)}" if named else "")


def sentence(text: str) -> str:
    """One line without the request's id and time, to stand after a colon."""
    noise = re.compile(r"^\s*(RequestId|Time|ErrorCode|Content)\s*:", re.IGNORECASE)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not noise.match(line)]
    joined = redacted(" ".join(lines)).rstrip(".")
    return joined[:1].lower() + joined[1:] if joined[1:2].islower() else joined
