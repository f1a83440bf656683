"""Requests of a node to storage that outlast a service which is busy or away for a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import aiohttp
from azure.core.exceptions import AzureError, HttpResponseError

from batchtui.core.gateway import TRANSIENT

T = TypeVar("T")

ALLOWED = 60.0
"""Seconds for one file, all attempts together; a task that waits holds its slot."""
FIRST, LONGEST = 0.5, 8.0
"""Seconds between two attempts, which double from the first to the longest."""


class RefusedError(Exception):
    """The service answered with a status that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The server answered {status}")
        self.status = status


class NotStorageError(Exception):
    """Something else than the storage service answered, or only a part of the answer came."""

    def __init__(self, why: str = "The answer is not the storage service's") -> None:
        super().__init__(why)


@contextmanager
def reading_answers() -> Iterator[None]:
    """Around calls of the storage SDK: what it raises at an answer that it cannot read becomes
    `NotStorageError`.

    It raises what it pleases (AttributeError, ParseError, UnicodeDecodeError, ...), and no answer
    may end an account: a node says in its task what it could not do.
    """
    try:
        yield
    except (AzureError, OSError, NotStorageError):
        raise
    except Exception as error:
        raise NotStorageError("The storage service's answer cannot be read") from error


TROUBLES = (aiohttp.ClientError, TimeoutError, AzureError, RefusedError, NotStorageError)


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """What the attempt answers, made again while its trouble may pass. Raises its last error.

    An attempt must begin anew each time: it opens its file, and writes it from the start.
    """
    pause, until = FIRST, time.monotonic() + ALLOWED
    while True:
        try:
            return await attempt()
        except TROUBLES as error:
            if not _may_pass(error) or time.monotonic() + pause > until:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST)


def _may_pass(error: Exception) -> bool:
    match error:
        case RefusedError():
            return error.status in TRANSIENT
        case HttpResponseError(status_code=int(status)):
            # An error without a status of one is a page that a proxy answered.
            return status in TRANSIENT or status < 400
        case aiohttp.InvalidURL() | aiohttp.ClientConnectorCertificateError():
            return False
        case aiohttp.ClientConnectorDNSError():
            return False
    return True
