"""Rates and what they promise, from streams of ends as they come in."""

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest

from batchtui.core.models import TaskCounts
from batchtui.core.pace import Ends, Paces, pace

LOOK = 5.0
"""Seconds from one look to the next."""


def counted(completed: int, total: int = 100_000, running: int = 0) -> TaskCounts:
    waiting = total - completed - running
    return TaskCounts(active=waiting, running=running, completed=completed, succeeded=completed)


def looked_at(ends: Iterable[float], until: float, *, running: int) -> list[float]:
    """The rate as it is told at each look at a job of which tasks end at these times."""
    paces, told, done = Paces(), [], 0
    coming = sorted(ends)
    for step in range(int(until / LOOK)):
        at = step * LOOK
        while done < len(coming) and coming[done] <= at:
            done += 1
        paces.note({"j": counted(1000 + done, running=running)}, at)
        told.append(paces.rate("j", at))
    return told


def poisson(per_second: float, until: float, seed: int) -> list[float]:
    dice, at, ends = random.Random(seed), 0.0, []
    while at < until:
        at += dice.expovariate(per_second)
        ends.append(at)
    return ends


def waves(slots: int, lasting: float, until: float, *, begun: float, seed: int) -> list[float]:
    """Tasks that take about the same time, all slots having begun one at once, before the look."""
    dice, ends = random.Random(seed), []
    for _ in range(slots):
        at = -begun
        while at < until:
            at += lasting * dice.uniform(0.97, 1.03)
            ends.append(at)
    return [at for at in ends if at > 0]


def test_a_steady_stream_has_a_steady_rate() -> None:
    for seed in range(5):
        told = looked_at(poisson(0.5, 1800, seed), 1800, running=20)
        assert not any(told[: int(60 / LOOK)]), "a minute is too short to tell"
        later = told[int(120 / LOOK) :]
        assert all(0.25 < rate < 1.0 for rate in later), "within a factor of two, always"
        jumps = [abs(b - a) / a for a, b in pairwise(later)]
        assert max(jumps) < 0.3


def test_bursts_are_no_rate_until_one_knows_how_long_a_task_takes() -> None:
    for seed in range(5):
        ends = waves(60, 600, 6000, begun=580, seed=seed)
        told = looked_at(ends, 6000, running=60)
        true = 60 / 600
        assert not any(told[: int(500 / LOOK)]), "the end of a first wave says nothing"
        assert all(true / 2 < rate < true * 2 for rate in told[int(1300 / LOOK) :])


def test_long_tasks_have_a_rate_that_stays() -> None:
    for seed in range(5):
        told = looked_at(poisson(1 / 90, 14_400, seed), 14_400, running=100)
        since = next(index for index, rate in enumerate(told) if rate)
        assert 600 <= since * LOOK < 3600
        assert all(told[since:]), "it does not come and go"
        assert all(1 / 300 < rate < 1 / 30 for rate in told[since:])


def test_one_end_is_no_rate() -> None:
    assert not any(looked_at([1.0], 300, running=1))
    assert not any(looked_at([1.0, 2.0, 3.0, 70.0], 300, running=1))
    assert not any(looked_at([float(second) for second in range(40)], 60, running=4))


def test_a_job_that_stands_still_slows_down_and_then_has_no_rate() -> None:
    told = looked_at([second * 2.0 for second in range(150)], 3000, running=2)
    at = [told[int(second / LOOK)] for second in (290, 300, 400, 2900)]
    assert 0.4 < at[0] < 0.6
    assert 0.4 < at[1] < 0.6
    assert 0 < at[2] < at[0] * 0.7
    assert at[3] == 0


def test_what_runs_faster_now_is_soon_told_so() -> None:
    slow = [second * 4.0 for second in range(250)]
    fast = [1000 + second * 0.5 for second in range(600)]
    told = looked_at([*slow, *fast], 1300, running=4)
    assert 0.2 < told[int(990 / LOOK)] < 0.3
    assert told[int(1100 / LOOK)] > 1.5


def test_tasks_that_run_again_begin_a_new_count() -> None:
    paces = Paces()
    for step in range(40):
        paces.note({"j": counted(step * 4)}, step * LOOK)
    assert paces.rate("j", 195.0) == 0.8
    left = paces.remaining("j", counted(156, 236), 195.0)
    assert left == 100
    paces.note({"j": counted(50)}, 200.0)
    assert paces.rate("j", 200.0) == 0.0
    assert paces.remaining("j", counted(50), 200.0) is None
    paces.note({}, 210.0)
    assert paces.rate("j", 210.0) == paces.rate("unheard of", 210.0) == 0.0


def test_ends_that_are_known_one_by_one_tell_at_once() -> None:
    ends = [Ends(float(second), second) for second in range(0, 600, 3)]
    ends = [Ends(each.at, number) for number, each in enumerate(ends)]
    assert round(pace(ends, 5, 600.0), 3) == round(1 / 3, 3)
    assert pace(ends[:5], 5, 15.0) == 0.0


@pytest.mark.fault("2.19")
def test_tasks_that_never_started_are_no_pace() -> None:
    """Six a minute run; four hundred fail at once, because a file that they need is missing."""
    paces = Paces()
    for step in range(60):
        done = 6 * step // 6
        lost = 400 if step >= 30 else 0
        counts = TaskCounts(
            active=1000 - done - lost, running=1, completed=done + lost, succeeded=done, failed=lost
        )
        paces.note({"j": counts}, step * 10.0)
    assert paces.rate("j", 590.0) * 60 == pytest.approx(6, rel=0.1)


@pytest.mark.fault("2.19")
@pytest.mark.parametrize("never_ran", [0, 1, 400])
def test_what_is_learned_of_tasks_that_ran_is_not_mixed_with_counts_of_all(never_ran: int) -> None:
    paces = Paces()
    ran = [Ends(10.0 * (number + 1), number + 1) for number in range(30)]
    first = TaskCounts(active=100, running=1, completed=30 + never_ran, failed=never_ran)
    paces.take("j", first, 300.0)
    paces.learn("j", ran, 1)
    more = TaskCounts(active=99, running=1, completed=31 + never_ran, failed=never_ran)
    paces.take("j", more, 310.0)
    assert paces.rate("j", 310.0) * 60 == pytest.approx(6, rel=0.1)


@pytest.mark.fault("2.19")
def test_tasks_that_fail_as_they_run_are_a_pace() -> None:
    paces = Paces()
    for step in range(60):
        counts = TaskCounts(active=1000, running=2, completed=step * 4, failed=step * 4)
        paces.note({"j": counts}, step * 10.0)
    assert paces.rate("j", 590.0) * 60 == pytest.approx(24, rel=0.1)
