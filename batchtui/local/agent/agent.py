"""The agent: one task's run from its resource files to its output files."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from batchtui.local.agent.environment import (
    make_directories,
    make_streams,
    process_environment,
)
from batchtui.local.agent.failures import RunError, disk_failure, failure
from batchtui.local.agent.launch import Failure, Launch, Outcome
from batchtui.local.agent.outputs import upload_outputs
from batchtui.local.agent.process import GRACE, Exit, Unwatched, Watch, run_command, split
from batchtui.local.agent.resources import fetch_resources
from batchtui.local.threads import in_thread


class Agent:
    """Runs tasks as real processes of the user who started the account."""

    def __init__(
        self,
        *,
        image: Path | None = None,
        watch: Watch | None = None,
        grace: float = GRACE,
        storage: asyncio.Event | None = None,
    ) -> None:
        """`image` is a directory of programs that goes first in every task's PATH.

        `grace` is what a process gets between SIGTERM and SIGKILL, in seconds. No task starts
        before `storage` is set, where tasks find their files.
        """
        self._image = image
        self._watch = watch or Unwatched()
        self._grace = grace
        self._storage = storage

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        """Carry out one run and say how it ended; a failure is an outcome, not an exception.

        `running` is called once, when the agent begins with the resource files. Cancelling ends
        the process group: SIGTERM, after the grace SIGKILL.
        """
        if self._storage is not None:
            await self._storage.wait()
        started = datetime.now(UTC)
        running(started)
        end, trouble = await self._carry_out(launch)
        ended = datetime.now(UTC)
        if end is None:
            return Outcome(None, started, ended, trouble)
        return Outcome(end.code, started, ended, trouble, end.usage)

    async def _carry_out(self, launch: Launch) -> tuple[Exit | None, Failure | None]:
        environment = process_environment(launch.environment, root=launch.root, image=self._image)
        limit = launch.max_wall_clock
        now = asyncio.get_running_loop().time()
        deadline = None if limit is None else now + limit.total_seconds()
        try:
            await self._prepare(launch, deadline)
            end = await run_command(
                split(launch.command_line),
                root=launch.root,
                environment=environment,
                watch=self._watch,
                grace=self._grace,
                deadline=deadline,
                appends=launch.appends,
                linger=launch.linger,
            )
        except RunError as error:
            return None, error.failure
        trouble = exit_failure(end)
        upload = await upload_outputs(launch, environment, succeeded=trouble is None)
        return end, trouble or upload

    async def _prepare(self, launch: Launch, deadline: float | None) -> None:
        """Make the directories and fetch the resource files. Raises `RunError`."""
        try:
            await in_thread(make_directories, launch.environment, launch.root)
            async with asyncio.timeout_at(deadline):
                if launch.shared:
                    await fetch_resources(launch.common_files, launch.shared)
                await fetch_resources(launch.resource_files, launch.root / "wd")
            # To make a file takes a while; to open one that is there takes none.
            await in_thread(make_streams, launch.root)
        except TimeoutError:
            raise RunError(failure("TaskEnded")) from None
        except OSError as error:
            trouble = disk_failure(error, "ResourceDirectoryCreateFailed", "wd")
            raise RunError(trouble) from None


def exit_failure(end: Exit) -> Failure | None:
    """What the service makes of a command's end; None for a success."""
    if end.late:
        return failure("TaskEnded")
    if end.code != 0:
        message = "The task process exited with an unexpected exit code"
        return failure("FailureExitCode", Message=message)
    return None
