"""The ring of moments behind the strip of a pool."""

import pytest

from batchtui.core.feeds import Feeds
from batchtui.core.history import History, Moment
from batchtui.core.models import NodeCounts, PoolInfo, PoolNodeCounts
from batchtui.core.specs import JobSpec
from batchtui.core.traffic import Traffic
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec, unreachable


def counts(pool_id: str, **states: int) -> PoolNodeCounts:
    return PoolNodeCounts(pool_id, NodeCounts(**states))


def test_what_was_seen_last_in_a_slot_stands_for_it() -> None:
    history = History()
    history.note_nodes(100.0, [counts("p", running=1, idle=3)])
    history.note_nodes(104.9, [counts("p", running=2, idle=2, unusable=1)])
    history.note_tasks(104.9, "p", 7)
    history.note_nodes(105.0, [counts("p", running=4)])
    assert history.of("p") == (Moment(20, 5, 2, 1, 7), Moment(21, 4, 4, 0, None))


def test_tasks_counted_first_in_a_slot_keep_the_nodes_of_the_one_before() -> None:
    history = History()
    history.note_tasks(3.0, "p", 1)
    history.note_nodes(4.0, [counts("p", idle=6)])
    history.note_tasks(5.0, "p", 2)
    assert history.of("p") == (Moment(0, 6, tasks=1), Moment(1, 6, tasks=2))


def test_an_hour_is_kept() -> None:
    history = History()
    for slot in range(History.KEPT + 10):
        history.note_nodes(slot * History.STEP, [counts("p", idle=slot)])
    kept = history.of("p")
    assert len(kept) * History.STEP == 3600
    assert kept[0].nodes == 10


def test_pools_that_are_gone_are_forgotten() -> None:
    history = History()
    history.note_nodes(0.0, [counts("p", idle=1), counts("q", idle=1)])
    history.note_nodes(9.0, [counts("q", idle=1)])
    assert len(history.of("p")) == 1, "a page may be missing now and then"
    history.note_nodes(61.0, [counts("q", idle=1)])
    assert history.of("p") == ()
    assert len(history.of("q")) == 3


@pytest.mark.fault("1.1")
def test_what_is_told_late_finds_its_place_and_slots_stay_in_order() -> None:
    history = History()
    for at in (10.0, 20.0, 15.0, 12.0, 0.0, 21.0):
        history.note_nodes(at, [counts("p", idle=int(at))])
        history.note_tasks(at - 9, "p", 1)
    slots = [moment.slot for moment in history.of("p")]
    assert slots == sorted(set(slots))
    history.note_tasks(10.0, "p", 5)
    assert {moment.slot: moment.tasks for moment in history.of("p")}[2] == 5


@pytest.mark.fault("1.1")
async def test_a_failing_feed_tells_no_history() -> None:
    account = FakeAccount()
    account.batch.by_itself = False
    await account.batch.create_pool(pool_spec("p", dedicated=3))
    clock = [100.0]
    feeds = Feeds(account.gateway, Traffic(clock=lambda: clock[0]))
    await feeds.pools.poll()
    for at in (100.0, 3700.0, 3705.0, 3710.0):
        clock[0] = at
        if at == 3705.0:
            account.calls.fail("node_counts", unreachable())
        await feeds.progress.poll()
        await feeds.node_counts.poll()
    moments = feeds.history.of("p")
    assert [moment.slot for moment in moments] == [20, 740, 741, 742]
    assert feeds.node_hours.hours == pytest.approx(3 * 10 / 3600)


async def test_feeds_remember_the_nodes_and_the_tasks_of_every_pool() -> None:
    account = FakeAccount()
    account.batch.by_itself = False
    for pool_id in ("p", "q"):
        await account.batch.create_pool(pool_spec(pool_id, dedicated=3))
    clock = [100.0]
    feeds = Feeds(account.gateway, Traffic(clock=lambda: clock[0]))
    account.batch.outcomes["*"] = Outcome(steps=9)
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("q")))
    tasks = [task_spec("a"), task_spec("b")]
    await account.batch.add_tasks("j", tasks, added=lambda _count: None)
    account.batch.step(5)
    await feeds.pools.poll()
    await feeds.node_counts.poll()
    await feeds.jobs.poll()
    await feeds.progress.poll()
    clock[0] = 107.0
    await feeds.node_counts.poll()
    assert feeds.history.of("p") == (Moment(20, 3, tasks=0), Moment(21, 3))
    assert feeds.history.of("q") == (Moment(20, 3, running=2, tasks=2), Moment(21, 3, running=2))
