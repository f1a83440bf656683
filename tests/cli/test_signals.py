"""Signals that ask a command to end."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from batchtui.cli.signals import ENDING, exit_code, reacting, until_told_to_end


def test_exit_codes_are_those_of_a_shell() -> None:
    assert [exit_code(number) for number in ENDING] == [130, 143, 129]


@pytest.mark.fault("1.4")
@pytest.mark.parametrize("number", ENDING)
async def test_a_signal_cancels_the_work_and_is_its_exit_code(number: signal.Signals) -> None:
    let_go = False

    async def work() -> int:
        nonlocal let_go
        os.kill(os.getpid(), number)
        try:
            await asyncio.sleep(60)
        finally:
            let_go = True
        return 0

    assert await until_told_to_end(work()) == exit_code(number)
    assert let_go


@pytest.mark.fault("1.4")
async def test_the_innermost_reaction_is_called_and_the_outer_one_afterwards() -> None:
    told: list[str] = []

    async def send() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)

    with reacting(lambda _: told.append("outer")):
        with reacting(lambda _: told.append("inner")):
            await send()
        await send()
    assert told == ["inner", "outer"]


@pytest.mark.fault("1.4")
@pytest.mark.parametrize("number", ENDING)
def test_a_command_that_waits_ends_with_the_signals_code(number: signal.Signals) -> None:
    program = (
        "import asyncio, sys\n"
        "from batchtui.cli.signals import until_told_to_end\n"
        "async def work():\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "sys.exit(asyncio.run(until_told_to_end(work())))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(30) == exit_code(number)


@pytest.mark.fault("1.4")
def test_a_hangup_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def work() -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.05)
        return 7

    try:
        assert asyncio.run(until_told_to_end(work())) == 7
    finally:
        signal.signal(signal.SIGHUP, before)
