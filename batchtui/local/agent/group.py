"""Process groups: signals to all of one, and whether anything of it still runs."""

import asyncio
import os
from pathlib import Path

PAUSE = 0.02
"""Seconds between two looks: nothing reports the end of a group that has lost its leader."""


def send(group: int, number: int) -> bool:
    """Send a signal to every process of a group; False if there is none."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says this of a group of zombies
        return False
    return True


def alive(group: int) -> bool:
    """Whether a process of the group still runs.

    Zombies count for the kernel, and where nobody reaps orphans, as in many containers, they
    stay for ever: so where /proc is, it decides.
    """
    if not send(group, 0):
        return False
    if not os.path.exists("/proc/self/stat"):
        return True
    return any(_runs_in(group, stat) for stat in Path("/proc").glob("[0-9]*/stat"))


async def gone(group: int, patience: float) -> bool:
    """Wait until nothing of the group runs, `patience` seconds at most; whether that is so."""
    end = asyncio.get_running_loop().time() + patience
    while await asyncio.to_thread(alive, group):
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(PAUSE)
    return True


def _runs_in(group: int, stat: Path) -> bool:
    try:
        # The program's name stands in parentheses and may hold anything.
        state, _, found = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
    except OSError:  # it ended meanwhile
        return False
    return int(found) == group and state not in "ZX"
