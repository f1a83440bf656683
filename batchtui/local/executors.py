"""What runs the tasks: real processes, or a stand-in that only says how they ended."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from batchtui.local.agent.launch import Launch, Outcome


class Executor(Protocol):
    """Runs one task at a time per call; calls may overlap without bound."""

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        """Run a task to its end.

        `running` is called once, when the run begins with its resource files. Whoever cancels the
        call gets it back when the task's processes are gone.
        """
        ...
