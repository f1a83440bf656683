"""A Batch service that answers what a test tells it to, and checks every signature."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.test_utils import TestServer

ACCOUNT = "canned"
KEY = base64.b64encode(b"k" * 64).decode()


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; `path` is as it stood on the wire."""

    method: str
    path: str
    query: dict[str, str]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None

    @classmethod
    def error(
        cls,
        status: int,
        code: str,
        text: str,
        headers: Mapping[str, str] | None = None,
        **values: str,
    ) -> "Answer":
        """An error in the service's shape, with the lines that it adds to each message."""
        tail = "\nRequestId:6a6ebce4-0000\nTime:2022-02-03T04:23:46.6334960Z"
        body: dict[str, Any] = {"code": code, "message": {"lang": "en-US", "value": text + tail}}
        if values:
            body["values"] = [{"key": key, "value": value} for key, value in values.items()]
        return cls(body, status, headers or {}, text)


Reply = Answer | Callable[[Asked], Answer]


class CannedBatch:
    """Each (method, path) has its replies in order, and the last one stays; `*` is any path."""

    def __init__(self) -> None:
        self.endpoint = ""
        self.asked: list[Asked] = []
        self._replies: dict[tuple[str, str], list[Reply]] = {}

    def on(self, method: str, path: str, *replies: Reply) -> None:
        self._replies[method, path] = list(replies)

    async def answer(self, request: web.Request) -> web.Response:
        path, _, query = request.raw_path.partition("?")
        values = {name: found[0] for name, found in parse_qs(query).items()}
        asked = Asked(request.method, path, values, query, request.headers, await request.read())
        self.asked.append(asked)
        if asked.headers.get("Authorization") != f"SharedKey {ACCOUNT}:{signature(asked)}":
            return _respond(Answer.error(403, "AuthenticationFailed", "Server failed to."))
        if values.get("api-version") != "2025-06-01":
            return _respond(Answer.error(400, "MissingRequiredQueryParameter", "No version."))
        replies = self._replies.get((asked.method, path)) or self._replies[asked.method, "*"]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return _respond(reply if isinstance(reply, Answer) else reply(asked))


def _respond(answer: Answer) -> web.Response:
    if isinstance(answer.body, bytes):
        return web.Response(
            body=answer.body, status=answer.status, headers=answer.headers, reason=answer.reason
        )
    text = None if answer.body is None else json.dumps(answer.body)
    kind = "application/json;odata=minimalmetadata" if text else None
    return web.Response(
        text=text,
        status=answer.status,
        headers={**answer.headers, **({"Content-Type": kind} if kind else {})},
        reason=answer.reason,
    )


def signature(asked: Asked, key: str = KEY) -> str:
    """What the service computes from a request as it arrived."""
    headers = {name.lower(): value for name, value in asked.headers.items()}
    if asked.method in ("GET", "HEAD"):
        headers.pop("content-length", None)
    signed = [
        *("content-encoding", "content-language", "content-length", "content-md5"),
        *("content-type", "date", "if-modified-since", "if-match", "if-none-match"),
        *("if-unmodified-since", "range"),
    ]
    lines = [asked.method, *(headers.get(name, "") for name in signed)]
    lines += [f"{name}:{value}" for name, value in sorted(headers.items()) if "ocp-" in name]
    lines += [f"/{ACCOUNT}{asked.path}"]
    lines += [f"{name}:{value}" for name, value in sorted(asked.query.items())]
    digest = hmac.digest(base64.b64decode(key), "\n".join(lines).encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


@asynccontextmanager
async def canned_batch() -> AsyncIterator[CannedBatch]:
    service = CannedBatch()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", service.answer)
    async with TestServer(app) as server:
        service.endpoint = f"http://127.0.0.1:{server.port}"
        yield service
