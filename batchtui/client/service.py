"""A remote service as errors speak of it: every failure of a library becomes one sentence."""

import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    DeserializationError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)

from batchtui.client.answers import Call, NotAzureError, body_of, is_foreign_page, watched
from batchtui.client.headers import retry_after
from batchtui.client.refusal import is_web_page, read_refusal, sentence
from batchtui.client.transport import CONNECT_TIMEOUT, READ_TIMEOUT, ReadOnlyError
from batchtui.core.gateway import UNREADABLE, GatewayError
from batchtui.core.plain import visible

REFUSED_KEY = frozenset({"AuthenticationFailed", "InvalidAuthenticationInfo"})
REFUSED_ROLE = frozenset(
    {"AuthorizationFailed", "AuthorizationPermissionMismatch", "InsufficientAccountPermissions"}
)
PROXIES = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 407, 511})
"""With a web page, these come from a proxy or a network's sign-in: Azure gives its reason as JSON
or XML, but for requests that are malformed (400 and above, from its front end)."""

UNREACHABLE = (
    ServiceRequestError,
    ServiceResponseError,
    IncompleteReadError,
    aiohttp.ClientError,
    OSError,  # and ssl.SSLError and TimeoutError, which are kinds of it
)
EXPECTED = (
    NotAzureError,
    HttpResponseError,
    DeserializationError,
    msgspec.DecodeError,
    zlib.error,
    UnicodeDecodeError,
)
"""What a library raises at an answer that it cannot read; anything else is logged in full."""

_log = logging.getLogger(__name__)


class NotSignedInError(Exception):
    """Entra ID gave no token, so that no request was sent. Says why, and what to do."""


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
    """Whether an account key signs; else Entra ID does, or a SAS."""
    by_sas: bool = False
    surprises: set[str] = field(default_factory=set, compare=False)
    """The errors that were logged in full: a feed that fails each second would fill the log."""

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into `GatewayError("Could not <what>: <why>")`.

        This is the one broad boundary below the gateway. The SDKs, aiohttp, msgspec and the XML
        parser raise what they please at an answer that is not as they expect (zlib.error,
        AttributeError, UnicodeError, ...), and no list of kinds has ever been complete; a user
        behind a hotel's sign-in page must keep the dashboard all the same. What was not expected
        is logged with its traceback. CancelledError is no Exception, and passes.
        """
        # It names things of the user's, which may hold anything, half a character even.
        what = visible(what)
        with watched() as call:
            try:
                yield
            except GatewayError:
                raise
            except Exception as error:
                raise self._failure(what, error, call) from error

    def _failure(self, what: str, error: Exception, call: Call) -> GatewayError:
        if isinstance(error, ReadOnlyError):
            # With the status that a service gives who may not: trying again would not help.
            return GatewayError(f"Could not {what}: the profile is read-only", status=403)
        if isinstance(error, NotSignedInError):
            return GatewayError(f"Could not {what}: {error}", status=401, code="NotSignedIn")
        response = getattr(error, "response", None) or call.response
        if response is not None and response.status_code >= 300:
            return self._refused(what, response)
        if isinstance(error, UNREACHABLE):
            return GatewayError(f"Could not {what}: {self._unreachable(error)}")
        if response is not None:
            return self._unreadable(what, error, response)
        return self._unsent(what, error)

    def _refused(self, what: str, response: Any) -> GatewayError:
        """The service's answer, in a sentence."""
        status, body = response.status_code, body_of(response)
        headers: Mapping[str, str] = response.headers
        refusal = read_refusal(body)
        page = is_web_page(body) or is_foreign_page(headers)
        if status in PROXIES and (page or status < 400 or status in (407, 511)):
            return self._unreadable(what, NotAzureError(), response)
        code = refusal.code or headers.get("x-ms-error-code") or ""
        if code in REFUSED_KEY or status == 401 or (code in REFUSED_ROLE and self.by_sas):
            why = self._unauthenticated()
        elif code in REFUSED_ROLE and not self.keyed:
            why = f"your Entra ID account has no role on the account {self.account} that allows it"
        elif code == "AuthorizationFailure":
            why = (
                f"the {self.kind} account {self.account} refused it; check the account's key, "
                "and its network rules"
            )
        else:
            why = refusal.reason or sentence(response.reason or "") or _phrase(status)
        named = f" ({code})" if code else f" (HTTP {status})"
        return GatewayError(
            f"Could not {what}: {why}{named}",
            status=status,
            code=code,
            retry_after=retry_after(headers),
        )

    def _unreadable(self, what: str, error: Exception, response: Any) -> GatewayError:
        """Something answered, but not as the service does; a captive network passes."""
        if not isinstance(error, EXPECTED):
            self._log_in_full(what, error)
        return GatewayError(
            f"Could not {what}: {self.endpoint} answers, but not as Azure {self.kind} does "
            f"({_oddness(error, response)}); check the endpoint and the network",
            code=UNREADABLE,
        )

    def _unsent(self, what: str, error: Exception) -> GatewayError:
        """A library failed before it sent anything, so that trying again would not help."""
        if isinstance(error, ClientAuthenticationError):
            return GatewayError(
                f"Could not {what}: the sign-in failed ({sentence(error.message)})",
                status=401,
                code="NotSignedIn",
            )
        self._log_in_full(what, error)
        if isinstance(error, UnicodeError):
            why = f"{self.endpoint} holds no name of a host; check the endpoint's spelling"
        else:
            why = f"the request could not be made ({sentence(str(error)) or 'no reason given'})"
        return GatewayError(f"Could not {what}: {why}", code="NotSent")

    def _log_in_full(self, what: str, error: Exception) -> None:
        name = f"{type(error).__qualname__}: {error}"[:200]
        if name not in self.surprises and len(self.surprises) < 100:
            self.surprises.add(name)
            _log.warning("Unexpected error when trying to %s", what, exc_info=error)

    def _unauthenticated(self) -> str:
        if self.by_sas:
            return (
                f"the SAS of the {self.kind} account {self.account} was refused; check that it "
                "has not expired and permits this"
            )
        if self.keyed:
            return (
                f"the account key was refused; check that it is a key of the {self.kind} account "
                f"{self.account} and that this machine's clock is right"
            )
        return f"the sign-in was refused by the {self.kind} account {self.account}; run az login"

    def _unreachable(self, error: Exception) -> str:
        """Why no answer came; the endpoint is always named."""
        cause = getattr(error, "inner_exception", None) or error
        match cause, error:
            case aiohttp.ClientConnectorCertificateError(), _:
                return f"the TLS certificate of {self.endpoint} is not valid"
            case aiohttp.ClientConnectorDNSError(), _:
                return f"the name in {self.endpoint} is not known; check the endpoint's spelling"
            case aiohttp.ClientConnectorError(), _ if isinstance(
                cause.os_error, ConnectionRefusedError
            ):
                return f"nothing listens at {self.endpoint} (connection refused)"
            case aiohttp.ClientHttpProxyError(), _:
                return f"the proxy refused it ({sentence(cause.message) or _phrase(cause.status)})"
            case aiohttp.ClientPayloadError(), _:
                return f"{self.endpoint} broke off before its answer was complete"
            case aiohttp.ClientResponseError(), _:
                return f"{self.endpoint} broke off ({sentence(cause.message.partition(':')[0])})"
            case _, ServiceRequestTimeoutError():
                return f"{self.endpoint} could not be reached within {CONNECT_TIMEOUT:.0f} s"
            case _, ServiceResponseTimeoutError() | TimeoutError():
                return f"{self.endpoint} did not answer within {READ_TIMEOUT:.0f} s"
            case _, ServiceRequestError():
                return f"{self.endpoint} could not be reached ({_message(error)})"
            case _:
                return f"{self.endpoint} broke off ({_message(error)})"


def _message(error: Exception) -> str:
    said = error.message if isinstance(error, AzureError) else str(error)
    return sentence(said) or "no reason given"


def _phrase(status: int) -> str:
    """`bad gateway` for 502."""
    try:
        return HTTPStatus(status).phrase.lower()
    except ValueError:
        return "no reason given"


def _oddness(error: Exception, response: Any) -> str:
    """What is odd about an answer, in plain words."""
    body, kind = body_of(response), str(response.headers.get("Content-Type") or "")
    if is_web_page(body) or "html" in kind.lower():
        return "a web page came, perhaps from a proxy's sign-in"
    if 300 <= response.status_code < 400:
        return "it leads to another address, perhaps to a proxy's sign-in"
    if response.status_code in (407, 511):
        return "a proxy or the network asks for a sign-in"
    if isinstance(error, zlib.error | EOFError):
        return "the answer does not unpack as its header says"
    if response.status_code not in (200, 206) or isinstance(error, NotAzureError):
        return f"status {response.status_code}, {_phrase(response.status_code)}, is not expected"
    if not body.strip():
        return "the answer is empty"
    if isinstance(error, msgspec.ValidationError):
        return f"the answer has another shape: {sentence(str(error))}"
    if "truncated" in str(error):
        return "the answer is cut short"
    if isinstance(
        error, msgspec.DecodeError | UnicodeDecodeError | DecodeError | DeserializationError
    ):
        return "the answer is garbled"
    return "the answer cannot be read"
