"""The warden, with real processes that must not survive."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from batchtui.local.agent.group import alive
from batchtui.local.warden import start_warden

TREE = "trap '' HUP; sleep 60 & sleep 60"
SAVER = """
import os, signal, sys, time
from pathlib import Path

def save(*_):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(0.3)
    Path(sys.argv[1]).write_text("all")
    os._exit(0)

signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
time.sleep(60)
"""
STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


def start(script: str, *, home: Path | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", script],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home or "/nonexistent")},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def start_saver(file: Path, *, home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", SAVER, str(file)],
        env={"HOME": str(home)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def test_group_is_ended_when_the_account_is_killed(tmp_path: Path) -> None:
    """The account here is a process that starts a warden, and is killed with -9."""
    script = f"""
import asyncio, subprocess, sys
from batchtui.local.warden import start_warden

async def main():
    async with start_warden() as warden:
        child = subprocess.Popen(["/bin/sh", "-c", {TREE!r}], start_new_session=True)
        warden.watch(child.pid)
        print(child.pid, warden.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    account = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert account.stdout is not None
    with account.stdout:
        child, warden = map(int, account.stdout.readline().split())
        assert alive(child)
        assert os.getsid(warden) == warden, "Ctrl-C in the terminal must not reach it"
        account.kill()
        account.wait()
    for _ in range(100):
        if not alive(child) and not alive(warden):
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("something survived the account")


async def ended(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    process.stdout.close()
    return await asyncio.to_thread(process.wait, 5)


async def test_a_stubborn_process_is_killed_after_the_grace() -> None:
    process = start(STUBBORN)
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    async with start_warden() as warden:
        warden.watch(process.pid)
    assert await ended(process) == -signal.SIGKILL


@pytest.mark.fault("4.9")
async def test_a_process_is_asked_to_end_once(tmp_path: Path) -> None:
    """Azurite saves its data at the first SIGTERM; a second one ends it before it has."""
    files = [tmp_path / f"saved{n}" for n in range(4)]
    processes = [start_saver(file, home=tmp_path / "azurite" / "blobs") for file in files]
    async with start_warden(tmp_path / "azurite") as warden:
        for process in processes:
            assert process.stdout is not None
            await asyncio.to_thread(process.stdout.readline)
            warden.watch(process.pid, saves=True)
    assert [await ended(process) for process in processes] == [0] * len(processes)
    assert [file.read_text() for file in files] == ["all"] * len(files)


@pytest.mark.slow
@pytest.mark.fault("4.9")
async def test_a_process_that_has_data_to_save_gets_more_time(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    script = (
        f"trap 'sleep 3; echo all > {saved}; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    )
    process = start(script, home=tmp_path / "azurite" / "blobs")
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    async with start_warden(tmp_path / "azurite") as warden:
        warden.watch(process.pid, saves=True)
    assert await ended(process) == 0
    assert saved.read_text() == "all\n"


async def test_a_forgotten_group_is_left_alone() -> None:
    process = start("exec sleep 60")
    async with start_warden() as warden:
        warden.watch(process.pid)
        warden.forget(process.pid)
    assert process.poll() is None
    process.kill()
    await ended(process)


async def test_a_process_that_left_its_group_is_found_by_its_home(tmp_path: Path) -> None:
    process = start("exec sleep 60", home=tmp_path / "nodes" / "pool" / "node")
    other = start("exec sleep 60", home=tmp_path / "nodesque")
    async with start_warden(tmp_path / "nodes"):
        pass
    assert await ended(process) == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    await ended(other)


async def test_a_warden_that_is_told_to_stop_stays() -> None:
    async with start_warden() as warden:
        # It ignores them from its first order on; the order is followed by a look at its signals.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            await ignores(warden.pid, number)
            os.kill(warden.pid, number)
        assert alive(warden.pid)


async def ignores(pid: int, number: int) -> None:
    def ignored() -> bool:
        status = Path(f"/proc/{pid}/status").read_text()
        mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn"))
        return bool(int(mask, 16) >> (number - 1) & 1)

    await eventually(ignored)


async def eventually(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while True:
            if await asyncio.to_thread(check):
                return
            await asyncio.sleep(0.01)
