"""Chance comes out the same for the same name, and spread as a world says."""

import math
from datetime import timedelta
from statistics import median

from batchtui.local.simulated.behaviour import Behaviour
from batchtui.local.simulated.dice import Dice, around
from batchtui.local.simulated.world_parts import Failures, JobPart, PoolPart, StartTask, WorldFile

JOB = JobPart(
    id="Job",
    pool="p",
    tasks=1,
    duration=timedelta(minutes=4),
    failures=(
        Failures(share=0.2, exit_code=3, after=0.5, stderr="broken"),
        Failures(share=0.1, code="BlobNotFound"),
        Failures(share=0.05, hangs=True),
    ),
)
POOL = PoolPart(
    id="p",
    boot=timedelta(minutes=2),
    preemptions=2.0,
    start_task=StartTask(command="start", failing=0.25, exit_code=9),
)
MANY = 4000


def behaviour(seed: int = 1) -> Behaviour:
    return Behaviour(WorldFile(name="w", seed=seed, pools=(POOL,), jobs=(JOB,)))


def test_a_draw_depends_on_seed_and_name_alone() -> None:
    assert Dice(1).draw("a", "b") == Dice(1).draw("a", "b")
    assert len({Dice(1).draw("a"), Dice(2).draw("a"), Dice(1).draw("b")}) == 3
    assert all(0 < number < 1 for number in Dice(1).draw("a"))


def test_lengths_lie_around_their_median() -> None:
    lengths = [around(60, 0.4, Dice(1).draw(str(n))[0]) for n in range(MANY)]
    assert 57 < median(lengths) < 63
    assert min(lengths) > 0
    assert around(60, 0, 0.999) == 60


def test_tasks_fail_as_often_and_in_the_ways_that_are_written() -> None:
    acts = [behaviour().task("job", str(number), 0) for number in range(MANY)]
    assert 0.17 < sum(act.exit_code == 3 for act in acts) / MANY < 0.23
    missing = [act for act in acts if act.failure and act.failure.code == "BlobNotFound"]
    assert 0.08 < len(missing) / MANY < 0.12
    assert {act.exit_code for act in missing} == {None}
    assert 0.035 < sum(act.seconds == math.inf for act in acts) / MANY < 0.065
    fine = [act.seconds for act in acts if act.failure is None and act.seconds != math.inf]
    assert 225 < median(fine) < 255
    broken = [act for act in acts if act.exit_code == 3]
    assert 100 < median(act.seconds for act in broken) < 140
    assert {act.stderr for act in broken} == {"broken"}


def test_a_retry_fails_as_before_and_takes_another_time() -> None:
    first, second = (behaviour().task("job", "7", attempt) for attempt in (0, 1))
    assert (first.exit_code, first.failure) == (second.exit_code, second.failure)
    assert first.seconds != second.seconds
    assert behaviour().task("job", "7", 1) == second


def test_jobs_that_no_world_knows_take_their_time_and_succeed() -> None:
    acts = [behaviour().task("other", str(number), 0) for number in range(200)]
    assert all(act.failure is None for act in acts)
    assert 200 < median(act.seconds for act in acts) < 400


def test_nodes_boot_within_a_third_and_fail_their_start_task_as_often_as_written() -> None:
    nodes = [str(number) for number in range(MANY)]
    phases = [behaviour().boot_phase("p", node) for node in nodes]
    assert 40 <= min(phases) < max(phases) <= 80
    failed = [act for node in nodes if (act := behaviour().start_task("p", node)).failure]
    assert 0.22 < len(failed) / MANY < 0.28
    assert {act.exit_code for act in failed} == {9}


def test_preemptions_come_at_their_rate() -> None:
    gaps = [behaviour().next_preemption("p", number)[0] for number in range(MANY)]
    assert 1650 < sum(gaps) / MANY < 1950
