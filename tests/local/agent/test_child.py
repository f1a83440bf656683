"""Processes of our own: how they end, and what they used."""

import asyncio
import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from batchtui.local.agent.child import MICROS, Child


def start(script: str, directory: Path) -> Child:
    with (directory / "out").open("wb") as out:
        return Child.start(
            [sys.executable, "-I", "-S", "-c", script],
            cwd=directory,
            environment={},
            stdout=out,
            stderr=out,
        )


@pytest.fixture(params=["pidfd", "thread"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of learning of an end: the second is for systems that lack the first."""

    def refuse(pid: int) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    if request.param == "thread":
        monkeypatch.setattr(os, "pidfd_open", refuse)


@pytest.mark.usefixtures("way")
async def test_it_tells_what_it_used(tmp_path: Path) -> None:
    child = start("import os, time\nwhile time.process_time() < 0.05: pass\nos._exit(3)", tmp_path)
    assert child.returncode is None
    assert await child.wait() == 3
    assert await child.wait() == 3
    assert child.usage
    assert 0.04 * MICROS < child.usage.user + child.usage.kernel < 5 * MICROS


@pytest.mark.usefixtures("way")
async def test_a_signal_is_a_negative_code(tmp_path: Path) -> None:
    child = start("import time; time.sleep(60)", tmp_path)
    os.kill(child.pid, signal.SIGKILL)
    waiting = [asyncio.create_task(child.wait()) for _ in range(2)]
    assert await asyncio.gather(*waiting) == [-signal.SIGKILL] * 2


async def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out, pytest.raises(FileNotFoundError):
        Child.start(["./nothing"], cwd=tmp_path, environment={}, stdout=out, stderr=out)
