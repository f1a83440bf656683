"""How fast jobs get on, from the counts that were seen of them.

A rate is told only where it can be meant: tasks that run beside each other end in bursts, so it
takes as many ends as tasks run at a time to have seen how long one takes, or else a long look.
"""

from collections import deque
from collections.abc import Mapping, Sequence

from msgspec import Struct

from batchtui.core.models import TaskCounts
from batchtui.core.summary import remaining


class Ends(Struct, frozen=True):
    """How many tasks of a job had ended at a time, in seconds on any clock."""

    at: float
    completed: int


FEWEST = 8
"""Ends without which nothing is told."""
ENOUGH = 60
"""Ends to which the stretch of time grows over which a rate is taken, an eighth of error or so."""
SHORTEST = 60.0
"""Seconds that it lasts at the least, so that a moment's haste is no rate."""
LONG = 600.0
"""Seconds after which ends at `DISTINCT` different times tell, however many tasks run."""
DISTINCT = 10
SILENCE = 1.5
"""Of the longest pause between two ends so far: what lasts longer slows the rate down."""
NEVER_RAN = 10
"""Times as many failures in one look as tasks run at a time: those have failed without running."""
OVER = 4.0
"""Of the stretch of time: a silence as long as that says that there is no rate any more."""


def pace(seen: Sequence[Ends], at_once: int, at: float) -> float:
    """Tasks that end per second; 0 while nobody can tell.

    `seen` are times at which tasks ended, the earliest first. What had ended by the first of them
    ended nobody knows when, so it counts from there. `at_once`: tasks that run beside each other.
    """
    if len(seen) < 2:
        return 0.0
    last = seen[-1]
    enough = max(ENOUGH, at_once)
    first, distinct, longest = last, 0, 0.0
    for look in reversed(seen[:-1]):
        longest = max(longest, first.at - look.at)
        first = look
        distinct += 1
        if last.completed - first.completed >= enough and last.at - first.at >= SHORTEST:
            break
    ended, lasted = last.completed - first.completed, last.at - first.at
    generation = ended >= max(FEWEST, at_once) and lasted >= SHORTEST
    if not generation and (distinct < DISTINCT or ended < FEWEST or lasted < LONG):
        return 0.0
    silent = max(0.0, at - last.at - SILENCE * longest)
    return ended / (lasted + silent) if silent < OVER * lasted else 0.0


class Paces:
    """The rates of any number of jobs. Times are seconds on any one clock."""

    KEPT = 600
    """Times of ends that are kept of a job."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[Ends]] = {}
        self._counts: dict[str, TaskCounts] = {}
        self._at_once: dict[str, int] = {}

    def note(self, progress: Mapping[str, TaskCounts], at: float) -> None:
        """Take in what was counted at that time; jobs that are no longer counted are forgotten."""
        for job_id in self._counts.keys() - progress.keys():
            for known in (self._seen, self._counts, self._at_once):
                known.pop(job_id, None)
        for job_id, counts in progress.items():
            self.take(job_id, counts, at)

    def learn(self, job_id: str, seen: Sequence[Ends], at_once: int) -> None:
        """Take over when the tasks of a job ended, which tells more than their counts do.

        It counts those alone that ran, while counts know all that are completed.
        """
        self._seen[job_id] = deque(seen, maxlen=self.KEPT)
        self._at_once[job_id] = max(at_once, self._at_once.get(job_id, 0))

    def take(self, job_id: str, counts: TaskCounts, at: float) -> None:
        """Take in what was counted of one job at that time."""
        before = self._counts.get(job_id)
        self._counts[job_id] = counts
        seen = self._seen.setdefault(job_id, deque(maxlen=self.KEPT))
        if before is None:
            return
        if counts.completed < before.completed:
            # Tasks were deleted or run again: what was before says nothing any more.
            seen.clear()
            self._at_once.pop(job_id, None)
        elif ended := counts.completed - before.completed - self._never_ran(job_id, before, counts):
            # What was learned counts other tasks: what the counts say is how many more there are.
            seen.append(Ends(at, (seen[-1].completed if seen else before.completed) + ended))
        # Slowly down: between two bursts few tasks run, and as many as before right after them.
        fading = self._at_once.get(job_id, 0) * 0.98
        self._at_once[job_id] = max(before.running, counts.running, int(fading))

    def _never_ran(self, job_id: str, before: TaskCounts, counts: TaskCounts) -> int:
        """Of the tasks that have ended since, those that say nothing of how long one takes.

        Tasks may fail without having run, all at once: what they need is missing, or a task failed
        that they depend on.
        """
        failed = counts.failed - before.failed
        at_once = max(1, before.running, counts.running, self._at_once.get(job_id, 0))
        return failed if failed > NEVER_RAN * at_once else 0

    def rate(self, job_id: str, at: float) -> float:
        """Tasks completed per second lately; 0 while nobody can tell."""
        return pace(tuple(self._seen.get(job_id, ())), self._at_once.get(job_id, 0), at)

    def remaining(self, job_id: str, counts: TaskCounts, at: float) -> float | None:
        """Seconds until every task is completed at that rate; None while nobody can tell."""
        return remaining(counts, counts.total, self.rate(job_id, at))
