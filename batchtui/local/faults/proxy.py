"""A reverse proxy in front of the account's storage, where faults strike what goes through it.

Requests and answers pass as they are, and stream both ways: a shared key or a SAS signs the path,
the query and some headers, and all of these arrive as they were sent, the Host too. Only a SAS
made for another host would differ, and Azurite's URLs have the account in their path.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from batchtui.local.azurite.run import HOST, is_free, lasting_port
from batchtui.local.faults.injection import FaultInjection
from batchtui.local.faults.listener import Listener
from batchtui.local.faults.model import AccountService
from batchtui.local.routes.replies import BARE
from batchtui.local.streamed import PIECES, stream

PIECE = 262_144
SMALL = 65_536
"""Bytes of the largest answer that is passed on as a whole."""
IDLE = 2.0
"""Seconds to keep a connection to storage: Node.js closes those that were idle for five."""

# These are about a single connection (RFC 9110, 7.6.1). aiohttp itself answers Expect.
_HOP = (
    "Connection",
    "Expect",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
)
_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""Headers that aiohttp would add to a request without them."""

_SESSION = web.AppKey("session", aiohttp.ClientSession)
_ORIGIN = web.AppKey("origin", str)
_UPSTREAM = web.RequestKey("upstream", aiohttp.ClientResponse)


@asynccontextmanager
async def serve_proxy(origin: str, *, port: int, faults: FaultInjection) -> AsyncIterator[str]:
    """Pass requests on to `origin`, `http://HOST:PORT`, and yield the proxy's own such address.

    It takes `port` if that is free, else another that lasts.
    """
    async with AsyncExitStack() as stack:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            skip_auto_headers=_ADDED,
            read_bufsize=PIECE,
        )
        await stack.enter_async_context(session)
        app = web.Application(middlewares=[_closing, faults.middleware(AccountService.STORAGE)])
        app[_SESSION], app[_ORIGIN] = session, origin
        app.router.add_route("*", "/{path:.*}", _forward)
        app.on_response_prepare.append(_strip)
        app.on_response_prepare.append(faults.sign)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=2.0, auto_decompress=False, read_bufsize=PIECE
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        bound = socket.create_server((HOST, port if port and is_free(port) else lasting_port()))
        address = f"http://{HOST}:{bound.getsockname()[1]}"
        await stack.enter_async_context(
            faults.listening(AccountService.STORAGE, Listener(runner, bound))
        )
        yield address


async def _forward(request: web.Request) -> web.Response:
    """Send the request on, and pass on what comes."""
    headers = _passed(request.headers)
    url = URL(f"{request.app[_ORIGIN]}{request.raw_path}", encoded=True)
    try:
        upstream = await request.app[_SESSION].request(
            request.method,
            url,
            headers=headers,
            data=request.content if request.body_exists else None,
            allow_redirects=False,
        )
    except (aiohttp.ClientError, OSError) as error:
        return web.Response(status=502, text=f"Storage cannot be reached: {error}.")
    request[_UPSTREAM] = upstream
    response = web.Response(
        status=upstream.status, reason=upstream.reason, headers=_passed(upstream.headers)
    )
    response[BARE] = "Content-Type" not in upstream.headers
    length = upstream.content_length
    if request.method == "HEAD" or upstream.status in (204, 304):
        await upstream.read()
    elif length is not None and length <= SMALL:
        response.body = await upstream.read()
    else:
        if length is None:
            response.enable_chunked_encoding()
        stream(response, _pieces(upstream))
    return response


async def _pieces(upstream: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for piece in upstream.content.iter_chunked(PIECE):
        yield piece


@web.middleware
async def _closing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Close storage's answer where another answer takes its place, or the client has gone."""
    kept = False
    try:
        response = await handler(request)
        kept = PIECES in response
        return response
    finally:
        upstream = request.get(_UPSTREAM)
        if upstream is not None and not kept:
            upstream.close()


async def _strip(request: web.Request, response: web.StreamResponse) -> None:
    """Take away a Content-Type that storage did not send."""
    if response.get(BARE):
        response.headers.popall("Content-Type", None)


def _passed(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The headers that are for both ends."""
    passed = headers.copy()
    for name in (*_HOP, *headers.get("Connection", "").split(",")):
        passed.popall(name.strip(), None)
    return passed
