"""Answers whose body comes in pieces, and is still to be sent."""

from collections.abc import AsyncIterator

from aiohttp import web

PIECES = web.ResponseKey("pieces", AsyncIterator[bytes])


def stream(response: web.Response, pieces: AsyncIterator[bytes]) -> None:
    """Send these pieces as the body; a Content-Type that the answer has not is not added."""
    bare = "Content-Type" not in response.headers
    response[PIECES] = pieces
    response.body = pieces
    if bare:
        response.headers.popall("Content-Type", None)


def pieces_of(response: web.Response) -> AsyncIterator[bytes]:
    """The body that the answer has now, a piece at a time; it can be asked for once."""
    if PIECES in response:
        return response[PIECES]
    return _one(bytes(response.body) if isinstance(response.body, bytes | bytearray) else b"")


async def _one(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def body_of(response: web.Response) -> bytes:
    """The whole body; the answer keeps it, so that it can be asked for again."""
    body = b"".join([piece async for piece in pieces_of(response)])
    replace_body(response, body, keep_length=True)
    return body


def replace_body(response: web.Response, body: bytes, *, keep_length: bool = False) -> None:
    """Give an answer another body, and the length that goes with it."""
    if PIECES in response:
        del response[PIECES]
    response.body = body
    if not keep_length:
        response.headers.popall("Content-Length", None)
