"""What is news, and what was there before."""

from batchtui.core.models import Job, NodeCounts, Pool, PoolNodeCounts, ResizeError, TaskCounts
from batchtui.core.states import JobState
from batchtui.core.watch import News, Watch

DONE = TaskCounts(completed=3, succeeded=2, failed=1)


def test_a_watched_job_is_told_of_once_and_others_are_not() -> None:
    watch = Watch()
    assert watch.toggle("a")
    jobs = (Job("a", JobState.ACTIVE), Job("b", JobState.COMPLETED))
    assert watch.see_jobs(jobs, {"a": TaskCounts(running=1, completed=2)}, 1.0) == []
    told = watch.see_jobs(jobs, {"a": DONE}, 2.0)
    assert told == [News("All 3 tasks of job a are done, 1 of them failed.", bad=True)]
    assert watch.see_jobs(jobs, {"a": DONE}, 2.0) == []


def test_a_job_that_ends_or_goes() -> None:
    watch = Watch()
    watch.toggle("a")
    watch.toggle("gone")
    told = watch.see_jobs((Job("a", JobState.COMPLETED),), {"a": TaskCounts(completed=1)}, 1.0)
    assert told == [News("Job a has ended with 1 task.")]
    assert watch.see_jobs((), {}, 1.0) == [], "the same listing, beside other counts"
    assert watch.see_jobs((), {}, 2.0) == [News("Job gone is gone.", bad=True)]


def test_a_job_that_one_listing_lacks_is_not_gone() -> None:
    watch = Watch()
    watch.toggle("a")
    there = (Job("a", JobState.ACTIVE),)
    for at, jobs in enumerate((there, (), there, (), there)):
        assert watch.see_jobs(jobs, {}, float(at)) == []


def test_what_one_listing_lacks_is_no_news_when_it_is_back() -> None:
    watch = Watch()
    bad = Pool("p", resize_errors=(ResizeError("AccountCoreQuotaReached"),))
    broken = PoolNodeCounts("p", NodeCounts(unusable=3))
    for pools, counts in (((bad,), (broken,)), ((), ()), ((bad,), (broken,))):
        assert watch.see_pools(pools) == []
        assert watch.see_nodes(counts) == []


def test_a_job_without_tasks_is_not_done() -> None:
    watch = Watch()
    watch.toggle("a")
    assert watch.see_jobs((Job("a", JobState.ACTIVE),), {}, 1.0) == []
    assert not watch.toggle("a")
    assert watch.see_jobs((), {}, 2.0) == []


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
