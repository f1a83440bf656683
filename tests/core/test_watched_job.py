"""What others do to a run's job and pool while it is watched."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from batchtui.core import events
from batchtui.core.ledger import Outcome
from batchtui.core.states import JobState, PoolState
from tests.core.runs import Scene
from tests.fakes import FakeBatch
from tests.fakes import Outcome as TaskOutcome


async def meddled(scene: Scene, meddle: Callable[[FakeBatch], None]) -> Outcome:
    """The outcome of a run whose tasks last long, after somebody did this to it."""
    running = asyncio.Event()

    def publish(event: events.Event) -> None:
        scene.said.append(event)
        if isinstance(event, events.Progressed) and event.counts.running:
            running.set()

    scene.new_run(publish=publish)
    work = asyncio.create_task(scene.carry_out())
    await running.wait()
    meddle(scene.account.batch)
    began = time.monotonic()
    outcome = await work
    assert time.monotonic() - began < 30, "it does not wait for its timeout"
    return outcome


def slow(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = {
        "count-0": TaskOutcome(steps=20), "*": TaskOutcome(steps=10**9)
    }  # fmt: skip
    return scene


@pytest.mark.fault("2.10")
@pytest.mark.parametrize("reason", ["UserTerminate", "MaxWallClockTimeExpiry", ""])
async def test_a_job_that_somebody_terminates(tmp_path: Path, reason: str) -> None:
    scene = slow(tmp_path)

    def terminate(batch: FakeBatch) -> None:
        job = batch.world.jobs["count-r1"]
        job.state, job.terminate_reason = JobState.COMPLETED, reason
        for task in job.tasks.values():
            if task.started and not task.ended:
                task.steps = 10**9

    assert await meddled(scene, terminate) is Outcome.FAILED
    (ended,) = scene.all(events.Ended)
    why = f" ({reason})" if reason else ""
    assert ended.sentence == f"Job count-r1 terminated{why}, 1 task never ran."
    assert len(ended.left) == 5


@pytest.mark.fault("2.10")
async def test_a_job_that_never_gets_to_its_end(tmp_path: Path) -> None:
    """A release task may hang: the job is terminating for ever, and its tasks count as running."""
    scene = slow(tmp_path)

    def hang(batch: FakeBatch) -> None:
        job = batch.world.jobs["count-r1"]
        job.state, job.terminate_reason = JobState.TERMINATING, "UserTerminate"

    assert await meddled(scene, hang) is Outcome.FAILED


@pytest.mark.fault("2.10")
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_job_that_somebody_deletes(tmp_path: Path, at_once: bool) -> None:
    scene = slow(tmp_path)

    def delete(batch: FakeBatch) -> None:
        if at_once:
            del batch.world.jobs["count-r1"]
        else:
            batch.world.jobs["count-r1"].state = JobState.DELETING

    assert await meddled(scene, delete) is Outcome.REFUSED
    (ended,) = scene.all(events.Ended)
    assert ended.sentence == "Job count-r1 no longer exists: somebody else deleted it."
    assert len(ended.left) == 5
    assert scene.account.calls.count("blobs") >= 1, "what it had written is fetched"


@pytest.mark.fault("2.10")
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_pool_that_somebody_deletes(tmp_path: Path, at_once: bool) -> None:
    scene = slow(tmp_path)

    def delete(batch: FakeBatch) -> None:
        for task in batch.world.jobs["count-r1"].tasks.values():
            if task.started and not task.ended:
                task.steps = 10**9
        pool = batch.world.pools["count-r1"]
        pool.nodes.clear()
        if at_once:
            del batch.world.pools["count-r1"]
        else:
            pool.state = PoolState.DELETING

    assert await meddled(scene, delete) is Outcome.FAILED
    (ended,) = scene.all(events.Ended)
    assert ended.sentence == (
        "Pool count-r1 no longer exists: somebody else deleted it, and 1 task cannot run."
    )


@pytest.mark.fault("2.10")
async def test_a_job_that_somebody_disables_and_enables(tmp_path: Path) -> None:
    scene = slow(tmp_path)

    def disable(batch: FakeBatch) -> None:
        job = batch.world.jobs["count-r1"]
        job.state = JobState.DISABLED
        for task in job.tasks.values():
            task.outcome = TaskOutcome()

        def enable() -> None:
            job.state = JobState.ACTIVE

        asyncio.get_running_loop().call_later(0.1, enable)

    assert await meddled(scene, disable) is Outcome.SUCCEEDED
    said = [event.sentence for event in scene.all(events.Troubled)]
    assert said == ["Job count-r1 is disabled: its tasks wait until somebody enables it."]
