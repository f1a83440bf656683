"""Bodies that faults put in the place of an answer's: errors of both services, and wrong ones."""

import random
import re
import uuid
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import msgspec
from aiohttp import web

from batchtui.local.errors import element
from batchtui.local.faults.model import AccountService
from batchtui.local.routes.call import base
from batchtui.local.wire.times import error_stamp, micros

CODES = {
    AccountService.BATCH: {
        401: "AuthenticationFailed",
        403: "AuthenticationFailed",
        404: "ResourceNotFound",
        408: "OperationTimedOut",
        409: "OperationInvalidForCurrentState",
        412: "ConditionNotMet",
        429: "TooManyRequests",
        500: "InternalError",
        502: "BadGateway",
        503: "ServerBusy",
        504: "GatewayTimeout",
    },
    AccountService.STORAGE: {
        401: "NoAuthenticationInformation",
        403: "AuthenticationFailed",
        404: "ResourceNotFound",
        408: "OperationTimedOut",
        409: "ContainerBeingDeleted",
        412: "ConditionNotMet",
        429: "TooManyRequests",
        500: "InternalError",
        502: "BadGateway",
        503: "ServerBusy",
        504: "GatewayTimeout",
    },
}
"""What each service calls an error of a status."""

SENTENCES = {
    "AuthenticationFailed": "Server failed to authenticate the request. Make sure the value of"
    " Authorization header is formed correctly including the signature.",
    "AuthorizationFailed": "The client does not have authorization to perform this action.",
    "AuthorizationFailure": "This request is not authorized to perform this operation.",
    "AuthorizationPermissionMismatch": "This request is not authorized to perform this operation"
    " using this permission.",
    "ContainerBeingDeleted": "The specified container is being deleted. Try operation later.",
    "InternalError": "Server encountered an internal error. Please try again after some time.",
    "NoAuthenticationInformation": "Server failed to authenticate the request. Please refer to the"
    " information in the www-authenticate header.",
    "OperationTimedOut": "Operation could not be completed within the specified time.",
    "PermissionDenied": "The caller does not have the permission that this request needs.",
    "ServerBusy": "The server is busy.",
    "TooManyRequests": "Too many requests were sent in a given amount of time.",
}
"""The message of each code; other codes get a sentence that says that a fault was ordered."""

_CHALLENGE = (
    "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize"
    ' resource_id="https://batch.core.windows.net/"'
)
_JSON = "application/json;odata=minimalmetadata"
_ERRORS = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"

SIGN_IN_PAGE = """\
<!DOCTYPE html>
<html>
<head><title>Sign in to the network</title></head>
<body>
<h1>Welcome to the guest network</h1>
<form method="post" action="/login"><input name="user"><input name="password" type="password">
<button>Sign in</button></form>
</body>
</html>
"""

SHAPES = (
    "[]",
    "null",
    '"ok"',
    "[7, null, {}]",
    '{"value": 7}',
    '{"value": [7, null, "text", []]}',
    '{"value": {"id": ["a"]}, "odata.nextLink": 7}',
    '{"id": {"id": 1}, "state": [], "error": {"code": [1], "message": {"value": 2}}}',
)
"""JSON that no client of these services expects."""

FOREIGN = web.ResponseKey("foreign", bool)
"""Set on an answer that does not come from the service: it has none of the service's headers."""


def service_error(
    request: web.Request, service: AccountService, status: int, code: str, message: str
) -> web.Response:
    """An error as the service sends it."""
    code = code or CODES[service].get(status, "InternalError" if status >= 500 else "BadRequest")
    sentence = message or SENTENCES.get(code, f"A fault was ordered: {code}.")
    request_id = str(uuid.uuid4())
    at = error_stamp(micros(datetime.now(UTC)))
    text = f"{sentence}\nRequestId:{request_id}\nTime:{at}"
    if service is AccountService.BATCH:
        response = web.Response(status=status)
        response.headers["request-id"] = request_id
        response.headers["Content-Type"] = _JSON
        response.body = msgspec.json.encode(
            {"odata.metadata": f"{base(request)}/$metadata#{_ERRORS}", **element(code, text)}
        )
    else:
        response = web.Response(status=status)
        response.headers["Server"] = "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"
        response.headers["x-ms-request-id"] = request_id
        response.headers["x-ms-error-code"] = code
        response.headers["Content-Type"] = "application/xml"
        response.body = (
            '\ufeff<?xml version="1.0" encoding="utf-8"?>'
            f"<Error><Code>{escape(code)}</Code><Message>{escape(text)}</Message></Error>"
        ).encode()
    if status == 401:
        response.headers["WWW-Authenticate"] = _CHALLENGE
    return response


def sign_in_page() -> web.Response:
    """What a guest network answers before the user has signed in."""
    response = web.Response(text=SIGN_IN_PAGE, content_type="text/html")
    response[FOREIGN] = True
    return response


def wrong_json(dice: random.Random) -> web.Response:
    """JSON of another service."""
    response = web.Response(text=dice.choice(SHAPES), content_type="application/json")
    response[FOREIGN] = True
    return response


def malformed(body: bytes) -> bytes:
    """The body with bytes in its middle that are neither JSON nor XML nor UTF-8."""
    middle, width = len(body) // 2, max(1, min(8, len(body) // 4))
    return body[:middle] + b"\xff" * width + body[middle + width :]


def without_items(body: bytes) -> bytes | None:
    """A page of a listing without its items; None if it is not a page."""
    if body.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
        emptied, count = _ITEMS.subn(rb"<\1></\1>", body)
        return emptied if count else None
    page = _page(body)
    return None if page is None else msgspec.json.encode(page | {"value": []})


def leading_to(body: bytes, url: str, marker: str) -> bytes | None:
    """A page of a listing that leads to `url`, or to `marker` in XML; None if it is not a page.

    In XML nothing leads to the first page, which has no marker.
    """
    if body.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
        if not marker or not _ITEMS.search(body):
            return None
        named = f"<NextMarker>{escape(marker)}</NextMarker>".encode()
        changed, count = _MARKER.subn(lambda _: named, body)
        return changed if count else None
    page = _page(body)
    return None if page is None else msgspec.json.encode(page | {"odata.nextLink": url})


_ITEMS = re.compile(rb"<(Blobs|Containers)(?:>.*</\1>|\s*/>)", re.DOTALL)
_MARKER = re.compile(rb"<NextMarker(?:>[^<]*</NextMarker>|\s*/>)")


def _page(body: bytes) -> dict[str, object] | None:
    try:
        page = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    is_page = isinstance(page, dict) and isinstance(page.get("value"), list)
    return page if is_page else None
