"""What is news, and what was there before."""

from batchtui.core.models import Job, NodeCounts, Pool, PoolNodeCounts, ResizeError, TaskCounts
from batchtui.core.states import JobState
from batchtui.core.watch import News, Watch

DONE = TaskCounts(completed=3, succeeded=2, failed=1)


def test_a_watched_job_is_told_of_once_and_others_are_not() -> None:
    watch = Watch()
    assert watch.toggle("a")
    jobs = (Job("a", JobState.ACTIVE), Job("b", JobState.COMPLETED))
    assert watch.see_jobs(jobs, {"a": TaskCounts(running=1, completed=2)}) == []
    told = watch.see_jobs(jobs, {"a": DONE})
    assert told == [News("All 3 tasks of job a are done, 1 of them failed.", bad=True)]
    assert watch.see_jobs(jobs, {"a": DONE}) == []


def test_a_job_that_ends_or_goes() -> None:
    watch = Watch()
    watch.toggle("a")
    watch.toggle("gone")
    told = watch.see_jobs((Job("a", JobState.COMPLETED),), {"a": TaskCounts(completed=1)})
    assert told == [News("Job a has ended with 1 task."), News("Job gone is gone.", bad=True)]


def test_a_job_without_tasks_is_not_done() -> None:
    watch = Watch()
    watch.toggle("a")
    assert watch.see_jobs((Job("a", JobState.ACTIVE),), {}) == []
    assert not watch.toggle("a")
    assert watch.see_jobs((), {}) == []


def test_a_pool_that_goes_bad_is_told_of_when_it_does() -> None:
    watch = Watch()
    quota = ResizeError("AccountCoreQuotaReached")
    assert watch.see_pools((Pool("p", resize_errors=(quota,)), Pool("q"))) == []
    bad = (Pool("p", resize_errors=(quota,)), Pool("q", resize_errors=(quota,)))
    told = watch.see_pools(bad)
    assert told == [News("Pool q could not be resized: AccountCoreQuotaReached.", bad=True)]
    assert watch.see_pools(bad) == []


def test_so_are_nodes_that_break() -> None:
    watch = Watch()
    assert watch.see_nodes((PoolNodeCounts("p", NodeCounts(unusable=1)),)) == []
    more = PoolNodeCounts("p", NodeCounts(unusable=1), NodeCounts(start_task_failed=2))
    assert [news.sentence for news in watch.see_nodes((more,))] == [
        "Pool p: 2 more nodes failed to start or to work."
    ]
    assert watch.see_nodes((PoolNodeCounts("p"),)) == []
