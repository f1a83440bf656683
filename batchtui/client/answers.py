"""The last answer that came during a call, for whoever has to say why the call failed.

The SDKs lose it where they trip over it: a `DeserializationError` or an `AttributeError` from
their depths holds no response.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from azure.core.exceptions import AzureError


class NotAzureError(Exception):
    """Something else than the service answered: a proxy, or a network's sign-in page."""


class Call:
    """`response` is the SDK's, None while the last request of the call has no answer."""

    def __init__(self) -> None:
        self.response: Any = None

    @property
    def body(self) -> bytes:
        """What the answer carried; empty where it was not read, or cannot be."""
        return body_of(self.response)


_CURRENT: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def watched() -> Iterator[Call]:
    """Have `Call.response` be the last answer of whatever is requested inside."""
    call = Call()
    token = _CURRENT.set(call)
    try:
        yield call
    finally:
        _CURRENT.reset(token)


def note_answer(response: Any) -> None:
    """Called by the transport: with None before each request, then with its answer."""
    if (call := _CURRENT.get()) is not None:
        call.response = response


def body_of(response: Any) -> bytes:
    """The body of an answer; empty where it was not read, or does not unpack as it says."""
    if response is None:
        return b""
    try:
        return bytes(response.content)
    except (AzureError, AttributeError, zlib.error, EOFError):
        return b""


def is_foreign_page(headers: Mapping[str, str]) -> bool:
    """Whether an answer is a web page that comes from something else than Azure.

    A sign-in page of a network answers every request with success, those that would change
    something too. A file of a task or a blob may be a web page as well, but all that comes from
    Azure bears a request's id.
    """
    ours = headers.get("request-id") or headers.get("x-ms-request-id")
    return not ours and "html" in (headers.get("Content-Type") or "").lower()
