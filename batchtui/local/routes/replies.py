"""Answers in the service's form: headers, framing, reason phrases."""

import uuid
from typing import Any

import msgspec
from aiohttp import web

from batchtui.local.errors import ServiceError, element
from batchtui.local.routes.call import Call, base, readable
from batchtui.local.wire.listing import choose, selected
from batchtui.local.wire.times import Clock, error_stamp, etag, http_date

Json = dict[str, Any]

BARE = web.ResponseKey("bare", bool)
"""Set on an answer without a body: it has no Content-Type, which aiohttp would add."""

_JSON = "application/json;odata=minimalmetadata"
_ALWAYS = {
    "DataServiceVersion": "3.0",
    "Server": "Microsoft-HTTPAPI/2.0",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_ERRORS = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"


def answer(status: int = 200, body: Json | None = None, **headers: str) -> web.Response:
    """A success. All but 204 are chunked, empty ones too (recorded fact 6)."""
    response = web.Response(status=status, headers=headers)
    response[BARE] = body is None
    if body is not None:
        response.body = msgspec.json.encode(body)
        response.headers["Content-Type"] = _JSON
    if status != 204:
        response.enable_chunked_encoding()
    return response


def versioned(modified: int) -> dict[str, str]:
    """The headers of something that has an eTag."""
    return {"ETag": etag(modified), "Last-Modified": http_date(modified)}


def entity(call: Call, kind: str, thing: Json, modified: int | None = None) -> web.Response:
    """One thing, cut to the `$select`; 304 when the client has it already."""
    if modified is not None and call.unchanged(modified):
        return not_modified(**versioned(modified))
    body = {"odata.metadata": f"{call.base}/$metadata#{kind}/@Element"}
    headers = versioned(modified) if modified is not None else {}
    return answer(200, body | choose(call.spoken(thing), selected(call.query)), **headers)


def not_modified(**headers: str) -> web.Response:
    """304: what the client has is what there is."""
    sentence = ServiceError("ConditionNotMet").sentence
    response = web.Response(status=304, reason=sentence, headers=headers)
    response[BARE] = True
    return response


def created(call: Call, path: str, modified: int) -> web.Response:
    """201 with the url of what has been made."""
    url = f"{call.base}{path}"
    return answer(201, None, **versioned(modified), DataServiceId=url, Location=url)


def accepted(call: Call, status: int, modified: int | None = None) -> web.Response:
    """A change that was made or begun."""
    headers = versioned(modified) if modified is not None else {}
    return answer(
        status, None, **headers, DataServiceId=f"{call.base}{call.request.rel_url.raw_path}"
    )


def failure(request: web.Request, error: ServiceError, clock: Clock) -> web.Response:
    """An error in the service's shape; the reason phrase is its sentence (recorded fact 8)."""
    request_id = str(uuid.uuid4())
    sentence = f"{error.sentence}\nRequestId:{request_id}\nTime:{error_stamp(clock.now())}"
    body = {
        "odata.metadata": f"{base(request)}/$metadata#{_ERRORS}",
        **element(
            error.code, sentence, tuple((name, readable(value)) for name, value in error.values)
        ),
    }
    response = web.Response(status=error.status, reason=error.sentence)
    response.headers["request-id"] = request_id
    response[BARE] = request.method == "HEAD"
    if not response[BARE]:
        response.body = msgspec.json.encode(body)
        response.headers["Content-Type"] = _JSON
    return response


async def sign_off(request: web.Request, response: web.StreamResponse) -> None:
    """Put on what every answer carries, errors included (recorded fact 4)."""
    response.headers.update(_ALWAYS)
    if response.get(BARE):
        response.headers.popall("Content-Type", None)
    response.headers.setdefault("request-id", str(uuid.uuid4()))
    wanted = request.headers.get("return-client-request-id", "").lower() == "true"
    if wanted and "client-request-id" in request.headers:
        response.headers["client-request-id"] = readable(request.headers["client-request-id"])
