"""How fast jobs get on, from the counts that were seen of them."""

from collections import deque
from collections.abc import Mapping

from batchtui.core.models import TaskCounts
from batchtui.core.summary import Sample, rate, remaining


class Paces:
    """The rates of any number of jobs. Times are seconds on any one clock."""

    WINDOW = 120.0
    """Seconds over which a rate is taken."""

    def __init__(self) -> None:
        self._samples: dict[str, deque[Sample]] = {}

    def note(self, progress: Mapping[str, TaskCounts], at: float) -> None:
        """Take in what was counted at that time; jobs that are no longer counted are forgotten."""
        for job_id in self._samples.keys() - progress.keys():
            del self._samples[job_id]
        for job_id, counts in progress.items():
            samples = self._samples.setdefault(job_id, deque())
            if samples and counts.completed < samples[-1].completed:
                # Tasks were deleted or run again: what was before says nothing any more.
                samples.clear()
            samples.append(Sample(at, counts.completed))
            while len(samples) > 2 and samples[1].at < at - self.WINDOW:
                samples.popleft()

    def rate(self, job_id: str, at: float) -> float:
        """Tasks completed per second lately."""
        samples = self._samples.get(job_id)
        if not samples:
            return 0.0
        # Counts that did not change since are not noted again, and are true of now all the same.
        return rate((*samples, Sample(at, samples[-1].completed)), window=self.WINDOW)

    def remaining(self, job_id: str, counts: TaskCounts, at: float) -> float | None:
        """Seconds until every task is completed at that rate; None while nobody can tell."""
        return remaining(counts, counts.total, self.rate(job_id, at))
