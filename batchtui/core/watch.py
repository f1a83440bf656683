"""What is worth telling somebody who looks elsewhere."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from batchtui.core.models import Job, NodeCounts, Pool, PoolNodeCounts, TaskCounts
from batchtui.core.states import JobState
from batchtui.core.wording import many

OVER = (JobState.COMPLETED, JobState.DELETING)


class News(Struct, frozen=True):
    """A sentence, and whether it is bad news."""

    sentence: str
    bad: bool = False


class Callings(Struct, frozen=True, forbid_unknown_fields=True):
    """How news reach a user who looks elsewhere, beside the sentence on the screen."""

    bell: bool = True
    """The terminal's bell."""
    osc9: bool = True
    """A notification of the desktop, from terminals that know the sequence OSC 9."""


class Watch:
    """Compares what the feeds read with what they read before.

    A job is watched until it has ended, which is told once. A pool's trouble is told when it is
    new; what was there at the first look is not. What is missing from one look may be there: pages
    of listings are lost now and then.
    """

    def __init__(self) -> None:
        self.jobs: frozenset[str] = frozenset()
        """The ids of the watched jobs."""
        self._errors: dict[str, frozenset[str]] | None = None
        self._broken: dict[str, int] | None = None
        self._listed = float("-inf")
        self._missing: frozenset[str] = frozenset()
        """The watched jobs that were not in the last listing."""

    def toggle(self, job_id: str) -> bool:
        """Watch a job, or no longer; returns which."""
        self.jobs ^= {job_id}
        return job_id in self.jobs

    def see_jobs(
        self, jobs: Iterable[Job], counts: Mapping[str, TaskCounts], at: float
    ) -> list[News]:
        """All jobs of the account as they were listed then, and how far some of them are."""
        if not self.jobs:
            return []
        there = {job.id: job for job in jobs}
        gone: frozenset[str] = frozenset()
        if at > self._listed:
            missing = self.jobs - there.keys()
            gone, self._missing, self._listed = missing & self._missing, missing, at
        news = []
        for job_id in sorted(self.jobs & (there.keys() | gone)):
            told = _ended(job_id, there.get(job_id), counts.get(job_id, TaskCounts()))
            if told is not None:
                news.append(told)
                self.jobs -= {job_id}
        return news

    def see_pools(self, pools: Iterable[Pool]) -> list[News]:
        """All pools of the account."""
        errors = {pool.id: frozenset(error.code for error in pool.resize_errors) for pool in pools}
        before, self._errors = self._errors, (self._errors or {}) | errors
        if before is None:
            return []
        return [
            News(f"Pool {pool_id} could not be resized: {', '.join(sorted(new))}.", bad=True)
            for pool_id, codes in errors.items()
            if (new := codes - before.get(pool_id, frozenset()))
        ]

    def see_nodes(self, counts: Iterable[PoolNodeCounts]) -> list[News]:
        """The nodes of every pool, counted by their states."""
        broken = {each.pool_id: _broken(each.dedicated, each.low_priority) for each in counts}
        before, self._broken = self._broken, (self._broken or {}) | broken
        if before is None:
            return []
        return [
            News(f"Pool {pool_id}: {many(more, 'more node')} failed to start or to work.", bad=True)
            for pool_id, count in broken.items()
            if (more := count - before.get(pool_id, 0)) > 0
        ]


def _broken(*counts: NodeCounts) -> int:
    return sum(each.start_task_failed + each.unusable for each in counts)


def _ended(job_id: str, job: Job | None, counts: TaskCounts) -> News | None:
    """What to tell of a job that has ended, or whose tasks all have; None before that."""
    if job is None or job.state is JobState.DELETING:
        return News(f"Job {job_id} is gone.", bad=True)
    failed = f", {counts.failed:,} of them failed" if counts.failed else ""
    if job.state in OVER:
        tasks = f" with {many(counts.total, 'task')}{failed}" if counts.total else ""
        return News(f"Job {job_id} has ended{tasks}.", bad=bool(counts.failed))
    if counts.total and counts.completed == counts.total:
        done = f"All {many(counts.total, 'task')} of job {job_id} are done{failed}."
        return News(done, bad=bool(counts.failed))
    return None
