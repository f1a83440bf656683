"""Closer looks at one thing: each a feed, run by whoever opens it."""

from batchtui.core.chronicle import Chronicle
from batchtui.core.controller import Controller
from batchtui.core.course import Course
from batchtui.core.dossier import Dossier, Inspector
from batchtui.core.failures import Failures
from batchtui.core.feed import Feed
from batchtui.core.models import Job, Task, TaskCounts, Window
from batchtui.core.preparation import PreparationLook
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.things import Thing


def inspection(controller: Controller, thing: Thing) -> Feed[Dossier]:
    """A feed on everything that can be known of one thing."""
    feeds = controller.feeds
    inspector = Inspector(controller.gateway, thing, clock=feeds.traffic.clock)
    return Feed(
        inspector.fetch,
        Dossier({}),
        every=feeds.every * 2,
        traffic=feeds.traffic,
        sweep=inspector.sweep,
    )


class Inquiries:
    """What can be asked about a job beyond what the dashboard shows of it."""

    def __init__(self, controller: Controller, job_id: str) -> None:
        self.job_id = job_id
        self._batch = controller.gateway.batch
        self._feeds = controller.feeds
        self._traffic = controller.feeds.traffic
        self._counts: Feed[TaskCounts] | None = None

    def job(self, job: Job) -> Feed[Job]:
        """The job, as it was last seen at first."""
        return Feed(
            lambda: self._batch.job(self.job_id),
            job,
            every=self._feeds.every,
            traffic=self._traffic,
        )

    def counts(self) -> Feed[TaskCounts]:
        """How many of its tasks are in each state."""
        self._counts = Feed(
            lambda: self._batch.task_counts(self.job_id),
            TaskCounts(),
            every=self._feeds.every,
            traffic=self._traffic,
        )
        return self._counts

    def failures(self) -> Feed[Window[Task]]:
        """The failed tasks, by id; what the feed of counts has just read is not asked for again."""
        empty: Window[Task] = Window()
        failures = Failures(self._batch, self.job_id, counted=self._just_counted)
        return Feed(
            failures.fetch,
            empty,
            every=self._feeds.every * 2,
            traffic=self._traffic,
            sweep=failures.sweep,
        )

    def _just_counted(self) -> TaskCounts | None:
        feed = self._counts
        if feed is None or not feed.reading.fresh or feed.age is None:
            return None
        return feed.reading.value if feed.age <= feed.every else None

    def preparation(self, job: Job) -> Feed[JobPreparation]:
        """How its preparation and release went on each node."""
        look, created = PreparationLook(self._batch), str(job.creation_time)
        return Feed(
            lambda: look.fetch(self.job_id, created),
            JobPreparation(),
            every=self._feeds.every * 5,
            traffic=self._traffic,
        )

    def course(self) -> Feed[Course]:
        """When and where its tasks ran."""
        chronicle = Chronicle(self._batch, self.job_id)
        return Feed(
            chronicle.fetch,
            Course(),
            every=self._feeds.every,
            traffic=self._traffic,
            sweep=chronicle.sweep,
        )
