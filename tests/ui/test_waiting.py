"""What the dashboard says of tasks that wait, of jobs whose preparation fails, of stuck nodes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from batchtui.core.models import FailureInfo, PoolInfo
from batchtui.core.preparation_status import NodeTaskRun, PreparationStatus
from batchtui.core.specs import JobSpec, TaskDependencies
from batchtui.core.states import JobState, NodeState, Result
from batchtui.ui.panes.header import AccountHeader
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.tasks import TasksPane
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec
from tests.fakes.world import FakeJob
from tests.ui.conftest import TestedApp, settled, text_of

PREPARED = NodeTaskRun("completed", exit_code=0, result=Result.SUCCESS)


def unprepared(exit_code: int) -> NodeTaskRun:
    return NodeTaskRun(
        "completed",
        exit_code=exit_code,
        result=Result.FAILURE,
        failure_info=FailureInfo("usererror", "FailureExitCode"),
        task_root_directory="workitems/j/job-1/jobpreparation",
    )


async def waiting(account: FakeAccount) -> FakeJob:
    """A job `j` of one task `t` that waits on a pool `p` of two idle nodes."""
    batch = account.batch
    await batch.create_pool(pool_spec("p", dedicated=2, slots=8))
    batch.step(3)
    await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await batch.add_tasks("j", [task_spec("t")], added=lambda _: None)
    return batch.world.jobs["j"]


def _slots(account: FakeAccount, job: FakeJob) -> None:
    job.tasks["t"].spec = replace(job.tasks["t"].spec, required_slots=16)


def _gone(account: FakeAccount, job: FakeJob) -> None:
    del account.batch.world.pools["p"]


def _unprepared(account: FakeAccount, job: FakeJob) -> None:
    nodes = account.batch.world.pools["p"].nodes
    job.prepared = tuple(PreparationStatus("p", node.id, unprepared(7)) for node in nodes)


def _depends(account: FakeAccount, job: FakeJob) -> None:
    job.tasks["t"].spec = replace(job.tasks["t"].spec, depends_on=TaskDependencies(("mid",)))


def _empty(account: FakeAccount, job: FakeJob) -> None:
    pool = account.batch.world.pools["p"]
    pool.nodes, pool.spec = [], replace(pool.spec, target_dedicated_nodes=0)


def _instances(account: FakeAccount, job: FakeJob) -> None:
    job.tasks["t"].instances = 9


def _disabled(account: FakeAccount, job: FakeJob) -> None:
    job.state = JobState.DISABLED


CASES: tuple[tuple[Callable[[FakeAccount, FakeJob], None], str], ...] = (
    (_slots, "needs 16 slots, nodes of p have 8"),
    (_gone, "pool p no longer exists"),
    (_unprepared, "preparation failed on 2 nodes, exit 7"),
    (_empty, "pool has no nodes"),
    (_instances, "needs 9 nodes, p has 2"),
    (_disabled, "job is disabled"),
)


def tasks_of(app: TestedApp) -> str:
    return text_of(app.panes.query_one(TasksPane).table)


@pytest.mark.fault("2.3")
@pytest.mark.parametrize(("change", "told"), CASES, ids=[told for _, told in CASES])
async def test_a_row_says_why_its_task_waits(
    account: FakeAccount,
    app: TestedApp,
    change: Callable[[FakeAccount, FakeJob], None],
    told: str,
) -> None:
    change(account, await waiting(account))
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        assert told in tasks_of(app)
        assert "waits for a free slot" not in tasks_of(app)
        await pilot.press("i")
        await app.animator.wait_until_complete()


@pytest.mark.fault("2.3")
async def test_rows_tell_of_dependencies_and_of_the_limit_of_the_job(
    account: FakeAccount, app: TestedApp
) -> None:
    batch, job = account.batch, await waiting(account)
    batch.outcomes = {"mid": Outcome(exit_code=1), "runs": Outcome(steps=99)}
    _depends(account, job)
    await batch.add_tasks("j", [task_spec("mid")], added=lambda _: None)
    batch.step(3)
    job.max_parallel = 1
    more = [task_spec("runs"), task_spec("third")]
    await batch.add_tasks("j", more, added=lambda _: None)
    batch.step()
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        rows = {line.split()[1]: line for line in tasks_of(app).splitlines() if "·" in line}
        assert "never runs: mid failed" in rows["t"]
        assert "job runs 1 task at a time" in rows["third"]


@pytest.mark.fault("2.22")
async def test_the_row_of_a_job_says_that_its_preparation_failed(
    account: FakeAccount, app: TestedApp
) -> None:
    job = await waiting(account)
    _unprepared(account, job)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        assert "prep fails" in text_of(app.panes.query_one(JobsPane).table)
        job.prepared = tuple(replace(each, preparation=PREPARED) for each in job.prepared or ())
        await settled(pilot, app)
        assert "prep fails" not in text_of(app.panes.query_one(JobsPane).table)


@pytest.mark.fault("2.22")
async def test_jobs_without_a_preparation_task_are_asked_for_it_once(
    account: FakeAccount, app: TestedApp
) -> None:
    await waiting(account)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        await settled(pilot, app)
        assert account.calls.count("preparation_status") == 0
        assert account.calls.count("document") == 1


@pytest.mark.fault("2.4")
@pytest.mark.parametrize(
    ("state", "minutes", "stuck"),
    [
        (NodeState.STARTING, 24 * 60, True),
        (NodeState.WAITING_FOR_START_TASK, 21, True),
        (NodeState.WAITING_FOR_START_TASK, 19, False),
        (NodeState.UNKNOWN, 11, True),
        (NodeState.IDLE, 24 * 60, False),
    ],
)
async def test_the_row_of_a_pool_and_the_header_say_that_nodes_are_stuck(
    account: FakeAccount, app: TestedApp, state: NodeState, minutes: int, stuck: bool
) -> None:
    await waiting(account)
    node = account.batch.world.pools["p"].nodes[0]
    node.become(state, account.batch.world.now)
    node.since = account.batch.world.now - timedelta(minutes=minutes)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        assert ("▲ 1 stuck" in text_of(app.panes.query_one(PoolsPane).table)) is stuck
        assert ("▲ 1 stuck" in text_of(app.panes.query_one(AccountHeader))) is stuck


@pytest.mark.fault("2.4")
async def test_pools_whose_nodes_all_rest_or_work_are_not_asked_for_stuck_ones(
    account: FakeAccount, app: TestedApp
) -> None:
    await waiting(account)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        assert account.calls.count("nodes_since") == 0
