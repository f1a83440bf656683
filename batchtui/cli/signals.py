"""Signals that ask the program to end, and the exit codes that say which one it was."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Reaction = Callable[[signal.Signals], None]

_reactions: list[Reaction] = []
"""What is called on a signal: the last, for a command knows better than `main` how it ends."""


def exit_code(number: signal.Signals) -> int:
    """The exit code of a program that this signal ended, as shells count: 130, 143 or 129."""
    return 128 + number


@contextmanager
def reacting(react: Reaction) -> Iterator[None]:
    """Call `react` in the running loop for each signal that asks the program to end.

    Contexts may be nested: the innermost one is called. A SIGHUP that is ignored from the start,
    as under nohup, stays ignored.
    """
    loop = asyncio.get_running_loop()
    outermost = not _reactions
    numbers = [number for number in ENDING if outermost and not _ignored_hangup(number)]
    _reactions.append(react)
    for number in numbers:
        loop.add_signal_handler(number, _react, number)
    try:
        yield
    finally:
        _reactions.remove(react)
        for number in numbers:
            loop.remove_signal_handler(number)


async def until_told_to_end(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of `work`, or of the signal that cancelled it. The second one ends at once."""
    task = asyncio.ensure_future(work)
    told: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        if told:
            os._exit(exit_code(told[0]))
        told.append(number)
        task.cancel()

    with reacting(end):
        try:
            return await task
        except asyncio.CancelledError:
            if not told:
                raise
            return exit_code(told[0])


def _react(number: signal.Signals) -> None:
    _reactions[-1](number)


def _ignored_hangup(number: signal.Signals) -> bool:
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
