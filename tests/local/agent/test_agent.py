"""The agent, with real processes."""

import asyncio
import os
import signal
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchtui.local.agent.agent import Agent
from batchtui.local.agent.group import alive
from batchtui.local.agent.launch import Launch, Outcome


class Watched:
    """Remembers which process groups were announced."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.gone: list[int] = []
        self.started = asyncio.Event()

    def watch(self, group: int, *, saves: bool = False) -> None:
        self.groups.append(group)
        self.started.set()

    def forget(self, group: int) -> None:
        self.gone.append(group)


def launch(tmp_path: Path, command_line: str, **environment: str) -> Launch:
    return Launch(command_line=command_line, root=tmp_path / "task", environment=environment)


async def run(launched: Launch, agent: Agent | None = None) -> Outcome:
    return await (agent or Agent()).run(launched, running=lambda started: None)


def stdout(tmp_path: Path) -> str:
    return (tmp_path / "task" / "stdout.txt").read_text()


async def test_nothing_begins_before_storage_is_there(tmp_path: Path) -> None:
    storage, begun = asyncio.Event(), list[datetime]()
    agent = Agent(storage=storage)
    runs = [
        asyncio.create_task(agent.run(launch(tmp_path / name, "true"), running=begun.append))
        for name in ("ends", "is cancelled")
    ]
    await asyncio.wait(runs, timeout=0.1)
    runs[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await runs[1]
    assert begun == []
    assert list(tmp_path.iterdir()) == []
    storage.set()
    assert (await runs[0]).exit_code == 0
    assert len(begun) == 1


async def test_success(tmp_path: Path) -> None:
    begun: list[datetime] = []
    outcome = await Agent().run(
        launch(tmp_path, "/bin/sh -c 'echo out; echo err >&2; pwd'"), running=begun.append
    )
    assert outcome.exit_code == 0
    assert outcome.failure is None
    assert begun == [outcome.started]
    assert begun[0].tzinfo == UTC
    assert begun[0] < outcome.ended
    assert stdout(tmp_path) == f"out\n{tmp_path / 'task' / 'wd'}\n"
    assert (tmp_path / "task" / "stderr.txt").read_text() == "err\n"
    assert (tmp_path / "task" / "certs").is_dir()


async def test_failure_exit_code(tmp_path: Path) -> None:
    outcome = await run(launch(tmp_path, "sh -c 'exit 7'"))
    assert outcome.exit_code == 7
    assert outcome.failure is not None
    assert (outcome.failure.category, outcome.failure.code) == ("UserError", "FailureExitCode")


async def test_a_signal_is_an_exit_code_above_128(tmp_path: Path) -> None:
    outcome = await run(launch(tmp_path, "sh -c 'kill -KILL $$'"))
    assert outcome.exit_code == 128 + signal.SIGKILL


async def test_no_shell_expands_the_command_line(tmp_path: Path) -> None:
    await run(launch(tmp_path, r"printf '%s\n' $HOME * 'a  b' \"q\" a;b"))
    assert stdout(tmp_path) == '$HOME\n*\na  b\n"q"\na;b\n'


@pytest.mark.parametrize(
    ("command_line", "code"),
    [
        ("no-such-program --x", "CommandProgramNotFound"),
        ("./not-there", "CommandProgramNotFound"),
        ("/etc/hostname", "CommandLaunchFailed"),
        ("echo 'unclosed", "CommandLaunchFailed"),
        ("  ", "CommandLaunchFailed"),
        ("echo a\0b", "CommandLaunchFailed"),
    ],
)
async def test_what_cannot_be_started_has_no_exit_code(
    tmp_path: Path, command_line: str, code: str
) -> None:
    outcome = await run(launch(tmp_path, command_line))
    assert outcome.exit_code is None
    assert outcome.failure is not None
    assert (outcome.failure.category, outcome.failure.code) == ("UserError", code)


async def test_only_the_given_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SECRET", "hunter2")
    node = tmp_path / "node"
    given = {"AZ_BATCH_NODE_ROOT_DIR": str(node), "AZ_BATCH_TASK_ID": "t1"}
    await run(launch(tmp_path, "env", **given), Agent(image=tmp_path / "bin"))
    found = dict(line.split("=", 1) for line in stdout(tmp_path).splitlines())
    assert found.keys() == {"PATH", "HOME", "USER", "LANG", "TMPDIR", *given}
    assert found["PATH"] == f"{tmp_path}/bin:/usr/local/bin:/usr/bin:/bin"
    assert found["HOME"] == str(tmp_path / "task" / "wd")
    assert Path(found["TMPDIR"]).is_relative_to(node)
    assert (await asyncio.to_thread(os.stat, found["TMPDIR"])).st_mode & stat.S_IFDIR


async def test_wall_clock_limit_ends_the_whole_group(tmp_path: Path) -> None:
    watched = Watched()
    slow = launch(tmp_path, "sh -c 'sleep 60 & sleep 60'")
    agent = Agent(watch=watched)
    outcome = await run(replace(slow, max_wall_clock=timedelta(seconds=0.2)), agent)
    assert outcome.exit_code == 128 + signal.SIGTERM
    assert outcome.failure is not None
    assert (outcome.failure.category, outcome.failure.code) == ("ServerError", "TaskEnded")
    assert watched.groups == watched.gone
    assert not alive(watched.groups[0])


async def test_an_ended_command_may_say_goodbye(tmp_path: Path) -> None:
    polite = "sh -c \"trap 'echo bye; exit 9' TERM; while :; do sleep 0.02; done\""
    limited = replace(launch(tmp_path, polite), max_wall_clock=timedelta(seconds=0.3))
    outcome = await run(limited)
    assert outcome.exit_code == 9
    assert outcome.failure is not None
    assert outcome.failure.code == "TaskEnded"
    assert stdout(tmp_path) == "bye\n"


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "], ids=["willing", "stubborn"])
async def test_cancelling_ends_the_whole_group(tmp_path: Path, trap: str) -> None:
    watched = Watched()
    slow = launch(tmp_path, f'sh -c "{trap}sleep 60 & echo ready; sleep 60; sleep 60"')
    running = asyncio.create_task(run(slow, Agent(watch=watched, grace=0.2)))
    await watched.started.wait()
    async with asyncio.timeout(5):
        while True:
            if stdout(tmp_path) == "ready\n":
                break
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not alive(watched.groups[0])


async def test_what_a_command_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    watched = Watched()
    outcome = await run(launch(tmp_path, "sh -c 'sleep 60 & '"), Agent(watch=watched))
    assert outcome.exit_code == 0
    assert not alive(watched.groups[0])


def test_the_check_for_survivors_sees_them() -> None:
    assert alive(os.getpgrp())
