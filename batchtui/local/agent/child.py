"""A process of our own, of which the system tells at its end what it has used."""

import asyncio
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from resource import struct_rusage
from typing import BinaryIO, Self

from batchtui.local.agent.launch import Usage

MICROS = 1_000_000


class Child:
    """A running process. asyncio's own would not say what it used, and takes a thread for each."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Of a process that nobody else waits for."""
        self._process = process
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.pid = process.pid
        self.usage: Usage | None = None
        """What it and those of its children that it waited for have used, once it has ended."""
        try:
            descriptor = os.pidfd_open(self.pid)
        except (AttributeError, OSError):  # not Linux, an old kernel, or no descriptor left
            threading.Thread(target=self._watch, daemon=True).start()
        else:
            self._loop.add_reader(descriptor, self._readable, descriptor)

    @classmethod
    def start(
        cls,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        stdout: BinaryIO,
        stderr: BinaryIO,
    ) -> Self:
        """Start a process in a session of its own. Raises OSError or ValueError."""
        process = subprocess.Popen(
            arguments,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        return cls(process)

    @property
    def returncode(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; None before."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end, and say its return code."""
        await self._ended.wait()
        return int(self._process.returncode)

    def _readable(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        _, status, used = os.wait4(self.pid, 0)
        self._note(status, used)

    def _watch(self) -> None:
        _, status, used = os.wait4(self.pid, 0)
        self._loop.call_soon_threadsafe(self._note, status, used)

    def _note(self, status: int, used: struct_rusage) -> None:
        # subprocess must not wait for it again: its number may come to name another.
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.usage = Usage(
            user=round(used.ru_utime * MICROS),
            kernel=round(used.ru_stime * MICROS),
            reads=used.ru_inblock,
            writes=used.ru_oublock,
        )
        self._ended.set()
