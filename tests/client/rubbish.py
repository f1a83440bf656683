"""A service that gives the same answer to every request, whatever that is."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rubbish:
    """`length` is the Content-Length that is said; None for the true one, empty for none."""

    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    length: str | None = None

    def raw(self, method: str) -> bytes:
        length = str(len(self.body)) if self.length is None else self.length
        headers = {"Content-Type": self.kind, "Connection": "close", **self.headers}
        if length:
            headers["Content-Length"] = length
        lines = [
            f"HTTP/1.1 {self.status} Whatever",
            *(f"{k}: {v}" for k, v in headers.items() if v),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else self.body)


def error(body: object, status: int = 400) -> Rubbish:
    return Rubbish(status, json.dumps(body).encode())


HTML = b"<!DOCTYPE html><html><title>Sign in</title></html>"
LONG = b"[" * 200_000

ANSWERS = {
    "a sign-in page": Rubbish(200, HTML, "text/html; charset=utf-8"),
    "a sign-in form said to be JSON": Rubbish(200, HTML),
    "a sign-in form without a type": Rubbish(200, HTML, ""),
    "an empty body": Rubbish(200),
    "an empty body without a type": Rubbish(200, b"", ""),
    "an empty body without a length": Rubbish(200, length=""),
    "cut JSON": Rubbish(200, b'{"value": [{"id": "a"'),
    "garbled JSON": Rubbish(200, b'{"value": [{"id": "a"}}]'),
    "a list": Rubbish(200, b"[]"),
    "a number": Rubbish(200, b"3"),
    "null": Rubbish(200, b"null"),
    "a text": Rubbish(200, b'"yes"'),
    "an object of another shape": Rubbish(200, b'{"hello": "world"}'),
    "null for the list": Rubbish(200, b'{"value": null}'),
    "a list of numbers": Rubbish(200, b'{"value": 3}'),
    "JSON of a great depth": Rubbish(200, LONG),
    "bytes that are not UTF-8": Rubbish(200, b'{"value": [{"id": "\xff", "poolId": "\xff"}]}'),
    "another type": Rubbish(200, b"\x00\x01\x02", "application/octet-stream"),
    "an unknown character set": Rubbish(200, b"{", "application/json; charset=nosuch"),
    "XML of another shape": Rubbish(200, b"<x/>", "application/xml"),
    "cut XML": Rubbish(200, b"<?xml version='1.0'?><EnumerationResults><Conta", "application/xml"),
    "gzip that is plain": Rubbish(200, b'{"value": []}', headers={"Content-Encoding": "gzip"}),
    "deflate that is plain": Rubbish(200, b"plain", headers={"Content-Encoding": "deflate"}),
    "gzip that is cut": Rubbish(
        200, gzip.compress(b'{"value": [1]}')[:-9], headers={"Content-Encoding": "gzip"}
    ),
    "no content": Rubbish(204, length=""),
    "a body that breaks off": Rubbish(200, b'{"value', length="1000"),
    "a length that is none": Rubbish(200, b"", length="many"),
    "a redirect to a sign-in page": Rubbish(302, HTML, "text/html", {"Location": "/login"}),
    "a redirect to nowhere": Rubbish(307, b"", "text/html"),
    "a message that is an object": error({"code": "A", "message": {"lang": "x", "text": {"a": 1}}}),
    "a value that is a number": error({"code": "A", "message": {"value": 5}}),
    "a message that is null": error({"code": "A", "message": None}),
    "no message": error({"code": "A"}),
    "a code that is a list": error({"code": ["A"], "message": {"value": "no"}}),
    "values that are null": error({"code": "A", "message": {"value": "no"}, "values": None}),
    "values that are texts": error({"code": "A", "message": {"value": "no"}, "values": ["x"]}),
    "values that are an object": error({"code": "A", "message": "no", "values": {"x": 1}}),
    "an error that is a list": error([{"code": "A"}]),
    "an error that is null": error(None),
    "an error that is a text": error("no"),
    "an error within an error": error({"error": {"code": "A", "message": {"value": {"x": 1}}}}),
    "an error whose error is a text": error({"error": "no"}),
    "an error of a great depth": Rubbish(400, LONG),
    "an error that is cut": Rubbish(400, b'{"code": "A", "mess'),
    "an error that is not UTF-8": Rubbish(503, b'{"code": "A\xff", "message": {"value": "\xe4"}}'),
    "a refusal that is not UTF-8": Rubbish(409, b'{"message": "\xed\xa0\x80"}'),
    "a list that is not UTF-8": Rubbish(400, b'["\xff"]'),
    "an error that breaks off": Rubbish(503, b'{"code', length="1000"),
    "an error that is gzip but plain": Rubbish(400, b"no", headers={"Content-Encoding": "gzip"}),
    "an empty error": Rubbish(500),
    "an error page": Rubbish(502, HTML, "text/html"),
    "a proxy's page": Rubbish(403, HTML, "text/html"),
    "a network's page": Rubbish(511, HTML, "text/html"),
    "an error in XML that is cut": Rubbish(400, b"<?xml version='1.0'?><Error><Code>A", "text/xml"),
    "a status that nobody knows": Rubbish(799, b"", "text/plain"),
    "not found by a proxy": Rubbish(404, HTML, "text/html"),
}


@asynccontextmanager
async def giving(rubbish: Rubbish) -> AsyncIterator[str]:
    """The URL of a service that gives that answer, while it runs."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(rubbish.raw(head.split(b" ", 1)[0].decode()))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            """The client has gone."""
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
