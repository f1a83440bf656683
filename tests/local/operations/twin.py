"""Both clients of azure-batch behind one way to call them."""

import asyncio
import inspect
from typing import Any

from azure.batch import BatchClient as SyncClient
from azure.batch.aio import BatchClient as AioClient
from azure.core.rest import HttpRequest

from tests.local.batch import until


class Twin:
    """Calls an operation and follows what it gives to the end: pages, bytes and pollers."""

    def __init__(self, client: SyncClient | AioClient) -> None:
        self._client = client

    async def call(self, operation: str, *given: Any, **named: Any) -> Any:
        """The result: a list for pages, bytes for streams, for pollers what they end with."""
        if operation.startswith("begin_"):
            named["polling_interval"] = 0
        method = getattr(self._client, operation)
        if isinstance(self._client, SyncClient):
            return await asyncio.to_thread(_to_the_end, method, given, named)
        result = method(*given, **named)
        if inspect.isawaitable(result):
            result = await result
        if operation.startswith("begin_"):
            return await result.result()
        return [each async for each in result] if hasattr(result, "__aiter__") else result

    def post(self, path: str, body: object) -> HttpRequest:
        """A request of one's own, for `send_request`."""
        return HttpRequest("POST", f"{path}?api-version=2025-06-01", json=body)

    async def reach(self, state: str, operation: str, *given: Any) -> Any:
        """Ask until the thing is in a state."""
        return await until(
            lambda: self.call(operation, *given), lambda seen: seen["state"] == state
        )


def _to_the_end(method: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    result = method(*given, **named)
    if hasattr(result, "result") and hasattr(result, "polling_method"):
        return result.result()
    return list(result) if hasattr(result, "__next__") else result
