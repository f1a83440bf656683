"""How long pools have done nothing, and what to do about those that did not get their nodes."""

from datetime import UTC, datetime, timedelta

import pytest

from batchtui.core.advice import trouble
from batchtui.core.autoscale import AutoScaleError, AutoScaleRun
from batchtui.core.idle import Idle, IdlePools
from batchtui.core.models import NodeCounts, Pool, PoolNodeCounts, ResizeError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def counted(**states: int) -> list[PoolNodeCounts]:
    return [PoolNodeCounts("p", NodeCounts(**states))]


def test_idle_is_counted_from_when_it_was_seen_to_begin() -> None:
    pools = IdlePools()
    pools.note(counted(running=1, idle=3), NOON)
    assert pools.since("p") is None
    later = NOON + timedelta(minutes=5)
    pools.note(counted(idle=4), later)
    pools.note(counted(idle=3, starting=1), later + timedelta(minutes=2))
    assert pools.since("p") == Idle(later, seen=True)
    assert pools.lasting("p", later + timedelta(hours=1)) == timedelta(hours=1)
    pools.note(counted(running=4), later + timedelta(minutes=3))
    pools.note(counted(deallocated=4), later + timedelta(minutes=4))
    assert pools.since("p") is None, "nothing there that could be idle"


def test_a_pool_that_was_idle_already_may_have_been_so_for_longer() -> None:
    pools = IdlePools()
    pools.note(counted(idle=1), NOON)
    assert pools.since("p") == Idle(NOON, seen=False)


def test_a_pool_that_is_missing_for_a_moment_has_been_idle_all_along() -> None:
    pools = IdlePools()
    pools.note(counted(running=1), NOON)
    pools.note(counted(idle=1), NOON + timedelta(seconds=10))
    pools.note([], NOON + timedelta(seconds=20))
    assert pools.since("p") == Idle(NOON + timedelta(seconds=10), seen=True)
    pools.note(counted(idle=1), NOON + timedelta(seconds=30))
    assert pools.since("p") == Idle(NOON + timedelta(seconds=10), seen=True)
    pools.note([], NOON + timedelta(minutes=5))
    assert pools.since("p") is None


@pytest.mark.parametrize(
    ("code", "what_to_do"),
    [
        ("AccountLowPriorityCoreQuotaReached", "more spot cores"),
        ("AccountCoreQuotaReached", "more cores for this account"),
        ("AccountVMSeriesCoreQuotaReached", "another one"),
        ("AllocationTimedOut", "Resize again"),
        ("UnheardOf", "mended"),
    ],
)
def test_each_trouble_says_what_to_do(code: str, what_to_do: str) -> None:
    pool = Pool("p", resize_errors=(ResizeError(code, "There was trouble."),))
    (told,) = trouble(pool)
    assert told.startswith("There was trouble. ")
    assert what_to_do in told


def test_a_formula_that_failed_is_trouble_while_it_scales() -> None:
    run = AutoScaleRun(error=AutoScaleError("AutoScaleSyntaxError", "Line 1 is no formula."))
    assert trouble(Pool("p", auto_scale_run=run)) == ()
    (told,) = trouble(Pool("p", enable_auto_scale=True, auto_scale_run=run))
    assert "Line 1 is no formula." in told


@pytest.mark.fault("2.27")
@pytest.mark.parametrize("message", ["The quota is reached", "The quota is reached."])
def test_two_sentences_have_a_full_stop_between_them(message: str) -> None:
    error = ResizeError("AccountCoreQuotaReached", message)
    (told,) = trouble(Pool("p", resize_errors=(error,)))
    assert told.startswith("The quota is reached. Ask for more cores")
    run = AutoScaleRun(
        datetime(2026, 1, 1, tzinfo=UTC), "", AutoScaleError("Failed", "Undefined symbol")
    )
    (told,) = trouble(Pool("p", enable_auto_scale=True, auto_scale_run=run))
    assert told.endswith("the formula failed. Undefined symbol.")
