"""Reads that outlast a service that is away for a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from batchtui.core.events import Troubled
from batchtui.core.gateway import GatewayError
from batchtui.core.run.journal import Journal

T = TypeVar("T")
LONGEST = 10.0
"""Seconds between two attempts."""


async def patiently(journal: Journal, look: Callable[[], Awaitable[T]]) -> T:
    """What `look` answers, tried again while the trouble may pass; each new trouble is said.

    Raises the `GatewayError` that does not pass, or that lasts longer than the run has patience.
    """
    pause, said = journal.pace.first, ""
    began = time.monotonic()
    while True:
        try:
            return await look()
        except GatewayError as error:
            if not error.transient or time.monotonic() - began > journal.pace.patience:
                raise
            if str(error) != said:
                said = str(error)
                journal.say(Troubled(sentence=f"{error} Trying again."))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST)
