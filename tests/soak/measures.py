"""What a process holds, and how that grows."""

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """What is held at one moment. `at`: seconds on a clock that only grows; `memory`: bytes."""

    at: float
    memory: int
    handles: int
    tasks: int
    threads: int


def sample() -> Sample:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Sample(
        at=time.monotonic(),
        memory=pages * os.sysconf("SC_PAGESIZE"),
        handles=len(os.listdir("/proc/self/fd")),
        tasks=len(asyncio.all_tasks()),
        threads=threading.active_count(),
    )


def tasks_by_work() -> Counter[str]:
    """How many tasks are under way, by the coroutine that each of them runs."""
    return Counter(getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much the second grows for each unit of the first, by least squares."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
