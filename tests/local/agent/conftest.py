"""A small web server on the loopback interface that stands for a blob service."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from batchtui.local.agent import patience

OURS = {"x-ms-request-id": "00000000-0000-0000-0000-000000000000"}
"""What all answers of a storage service have."""


@dataclass
class BlobServer:
    """Blobs by path. Answers what `status` says for a path, else what it holds."""

    url: str = ""
    blobs: dict[str, bytes] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    slow: set[str] = field(default_factory=set)
    """Paths that get no answer before the end of the test."""
    proxied: dict[str, list[bytes]] = field(default_factory=dict)
    """What something in between answers to the next requests to a path."""
    cut: dict[str, list[bytes]] = field(default_factory=dict)
    """What arrives of a blob at the next requests to it."""
    failing: dict[str, list[int]] = field(default_factory=dict)
    """Statuses that the next requests to a path get; 0 breaks the connection within the answer."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.path_qs)
        if self.failing.get(request.path):
            await request.read()
            return await self._fail(request, self.failing[request.path].pop(0))
        if self.proxied.get(request.path):
            page = self.proxied[request.path].pop(0)
            return web.Response(body=page, content_type="text/html")
        if request.path in self.slow:
            await self.over.wait()
        if request.path in self.status:
            return web.Response(status=self.status[request.path])
        if request.method == "PUT":
            self.blobs[request.path] = await request.read()
            self.headers[request.path] = {k.lower(): v for k, v in request.headers.items()}
            return web.Response(status=201)
        if request.query.get("comp") == "list":
            cut = self.cut.get(request.path)
            listing = cut.pop(0) if cut else self._listing(request)
            return web.Response(body=listing, content_type="application/xml", headers=OURS)
        if request.path not in self.blobs:
            return web.Response(status=404)
        blob = self.blobs[request.path]
        md5 = base64.b64encode(hashlib.md5(blob, usedforsecurity=False).digest()).decode()
        cut = self.cut.get(request.path)
        body = cut.pop(0) if cut else blob
        return web.Response(body=body, headers={**OURS, "Content-MD5": md5})

    async def _fail(self, request: web.Request, status: int) -> web.StreamResponse:
        if status:
            return web.Response(status=status)
        broken = web.StreamResponse(headers={"Content-Length": "100"})
        await broken.prepare(request)
        await broken.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return broken

    def _listing(self, request: web.Request) -> bytes:
        start = f"{request.path}/"
        names = [path.removeprefix(start) for path in self.blobs if path.startswith(start)]
        prefix = request.query.get("prefix", "")
        blobs = "".join(
            f"<Blob><Name>{name}</Name><Properties/></Blob>"
            for name in sorted(names)
            if name.startswith(prefix)
        )
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{start}">'
            f"<Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>"
        )
        return text.encode()


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails once has failed, unless a test gives the agent time."""
    monkeypatch.setattr(patience, "ALLOWED", 0.0)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that asks again at once, for a long time."""
    monkeypatch.setattr(patience, "ALLOWED", 60.0)
    monkeypatch.setattr(patience, "FIRST", 0.001)


@pytest.fixture
async def blobs() -> AsyncIterator[BlobServer]:
    served = BlobServer()
    app = web.Application()
    app.router.add_route("*", "/{path:(?s:.*)}", served.answer)
    async with TestServer(app) as server:
        served.url = str(server.make_url("")).rstrip("/")
        yield served
        served.over.set()
