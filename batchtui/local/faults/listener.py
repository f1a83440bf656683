"""A port of the account, which faults can close and open again."""

import asyncio
import socket

from aiohttp import web

from batchtui.local.faults.actions import reset_connection


class Listener:
    """Serves a runner at a bound socket; closed, its port refuses connections and stays its own."""

    def __init__(self, runner: web.AppRunner, bound: socket.socket) -> None:
        self._runner = runner
        self._socket = bound
        self._site: web.SockSite | None = None
        self._closed = False

    @property
    def is_closed(self) -> bool:
        return self._closed

    async def open(self) -> None:
        if self._site is None:
            self._site = web.SockSite(self._runner, self._socket)
            await self._site.start()
        self._closed = False

    async def close(self) -> None:
        """Refuse new connections, and reset those that are open."""
        if self._closed:
            return
        self._closed = True
        address, family = self._socket.getsockname(), self._socket.family
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self._socket.close()
        # Bound again, but not listening: the port stays ours, and connections to it are refused.
        self._socket = socket.socket(family)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(address)
        server = self._runner.server
        for connection in server.connections if server else ():
            if isinstance(connection.transport, asyncio.Transport):
                reset_connection(connection.transport)

    async def release(self) -> None:
        """Give the port back."""
        if self._site is not None:
            await self._site.stop()
        self._socket.close()
