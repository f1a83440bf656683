"""Statistics of tasks, jobs and schedules: what `$expand=stats` adds to them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from batchtui.local.wire.times import duration, stamp
from batchtui.local.world.job import SUMMED, Counts, Job
from batchtui.local.world.schedule import Schedule
from batchtui.local.world.task import Task

Json = dict[str, Any]

_BLOCK = 512
_GIB = 1 << 30


def of_task(task: Task, base: str, job_id: str, now: int) -> Json:
    """The `stats` of a task by name; nothing while it has none, since none of its runs is over."""
    if not task.wall:
        return {}
    url = f"{base}/jobs/{job_id}/tasks/{task.id}/stats"
    used = {name: getattr(task, name) for name in SUMMED}
    return {"stats": {**_head(url, task.created, now), **_usage(used), **_wait(used)}}


def of_job(job: Job, counts: Counts, base: str, now: int) -> Json:
    """The `stats` of a job by name, over the tasks that it has; nothing before one has run."""
    return _stats(f"{base}/jobs/{job.id}/stats", job.started, [counts], now)


def of_schedule(schedule: Schedule, counts: Sequence[Counts], base: str, now: int) -> Json:
    """The `stats` of a schedule by name, over the jobs that it has."""
    return _stats(f"{base}/jobschedules/{schedule.id}/stats", schedule.created, counts, now)


def _stats(url: str, start: int, counts: Sequence[Counts], now: int) -> Json:
    totals = [sum(column) for column in zip(*(each.sums for each in counts), strict=True)]
    used = dict(zip(SUMMED, totals, strict=True)) if totals else {}
    if not used.get("wall"):
        return {}
    # 64-bit numbers are strings (recorded fact 25).
    ended = {
        "numTaskRetries": str(used["retries"]),
        "numSucceededTasks": str(sum(each.tasks["succeeded"] for each in counts)),
        "numFailedTasks": str(sum(each.tasks["failed"] for each in counts)),
    }
    return {"stats": {**_head(url, start, now), **_usage(used), **ended, **_wait(used)}}


def _head(url: str, start: int, now: int) -> Json:
    return {"url": url, "startTime": stamp(start), "lastUpdateTime": stamp(now)}


def _usage(used: dict[str, int]) -> Json:
    return {
        "userCPUTime": _length(used["user_cpu"]),
        "kernelCPUTime": _length(used["kernel_cpu"]),
        "wallClockTime": _length(used["wall"]),
        "readIOps": str(used["reads"]),
        "writeIOps": str(used["writes"]),
        "readIOGiB": used["reads"] * _BLOCK / _GIB,
        "writeIOGiB": used["writes"] * _BLOCK / _GIB,
    }


def _wait(used: dict[str, int]) -> Json:
    return {"waitTime": _length(used["waited"])}


def _length(micros: int) -> str:
    return duration(timedelta(microseconds=micros))
