"""How requests leave this machine, and what is remembered of them."""

import time
from typing import Any, Self
from urllib.parse import urlsplit

from azure.core.pipeline.transport import AioHttpTransport, AsyncHttpTransport
from yarl import URL

from batchtui.client.answers import NotAzureError, is_foreign_page, note_answer
from batchtui.client.headers import retry_after, served_at
from batchtui.core.endpoints import is_loopback
from batchtui.core.service_clock import ServiceClock
from batchtui.core.traffic import Traffic

CONNECT_TIMEOUT = 4.0
"""Seconds. With one more attempt, a service that is away is reported after eight."""

READ_TIMEOUT = 35.0
"""Seconds without a byte. The Batch service itself gives up on a request after thirty."""


class ReadOnlyError(Exception):
    """A request that would change something was refused, because the profile is read-only."""


class RecordedTransport(AsyncHttpTransport[Any, Any]):
    """Sends requests over aiohttp and notes each attempt, retries included, in `traffic`.

    It is the innermost part of a client, and the only one that the Batch and the storage SDK both
    let a caller provide; a pipeline policy could not be given to the storage SDK in public.
    """

    def __init__(
        self,
        endpoint: str,
        traffic: Traffic,
        *,
        read_only: bool,
        clock: ServiceClock | None = None,
    ) -> None:
        """`clock` is set by the dates of the answers."""
        self._inner: AsyncHttpTransport[Any, Any] = AioHttpTransport(
            connection_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            # A proxy from the environment cannot reach this machine's own loopback interface.
            use_env_settings=not is_loopback(endpoint),
        )
        self._traffic = traffic
        self._read_only = read_only
        self._clock = clock

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *exc_details: Any) -> None:
        await self.close()

    async def send(self, request: Any, **config: Any) -> Any:
        """As aiohttp's transport.

        The URL is sent as it stands: aiohttp would undo some of its escapes, such as that of `@`
        in a file's name, and the service would refuse the signature, which was made before.
        """
        if self._read_only and request.method not in ("GET", "HEAD"):
            raise ReadOnlyError
        started = time.monotonic()
        url, status = request.url, None
        patience = 0.0
        note_answer(None)
        # Read only after it was noted: what cannot be read is still an answer.
        streamed = config.pop("stream", False)
        try:
            request.url = URL(url, encoded=True)
            response = await self._inner.send(request, stream=True, **config)
            status = response.status_code
            note_answer(response)
            patience = retry_after(response.headers)
            if self._clock is not None and (date := served_at(response.headers)) is not None:
                self._clock.note(date, time.monotonic() - started)
            if status < 400 and is_foreign_page(response.headers):
                raise NotAzureError
            if status >= 400 or not streamed:
                # Nobody streams an error; unread, it would be a status without a reason.
                await response.read()
            return response
        finally:
            request.url = url
            path = urlsplit(url).path
            seconds = time.monotonic() - started
            self._traffic.record(request.method, path, status, seconds, retry_after=patience)
