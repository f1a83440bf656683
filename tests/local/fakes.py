"""Stand-ins for the processes of tasks."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from batchtui.local.agent.launch import Failure, Launch, Outcome

FAILED = Failure(
    "UserError",
    "FailureExitCode",
    "The task exited with an exit code representing a failure",
    (("Message", "The task exited with an exit code representing a failure"),),
)


class FakeExecutor:
    """Ends each task at once with the code in `exit N`, or when `release` is set for `wait`.

    `linger` waits for `release` too, and does not end before even when it is told to.

    A command line that begins with `missing` is a program that there is none of.
    """

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.launches: list[Launch] = []
        self.ended: list[str] = []

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        self.launches.append(launch)
        started = datetime.now(UTC)
        running(started)
        (launch.root / "wd").mkdir(parents=True, exist_ok=True)
        (launch.root / "stdout.txt").write_text(f"{launch.command_line}\n")
        (launch.root / "stderr.txt").touch()
        word, _, rest = launch.command_line.partition(" ")
        try:
            if word in ("wait", "linger"):
                await self.release.wait()
        except asyncio.CancelledError:
            if word == "linger":
                await self.release.wait()
            raise
        finally:
            self.ended.append(launch.command_line)
        code = int(rest or 0) if word == "exit" else 0
        ended = datetime.now(UTC)
        if word == "missing":
            failure = Failure("UserError", "CommandProgramNotFound", "There is no such program")
            return Outcome(None, started, ended, failure)
        return Outcome(code, started, ended, FAILED if code else None)
