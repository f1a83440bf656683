"""What the dashboard says of tasks that wait, of jobs whose preparation fails, of stuck nodes."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from textual.widget import Widget

from batchtui.core.models import FailureInfo, PoolInfo
from batchtui.core.preparation_status import NodeTaskRun, PreparationStatus
from batchtui.core.specs import JobSpec, TaskDependencies
from batchtui.core.states import JobState, NodeState, Result
from batchtui.ui.panes.header import AccountHeader
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.preparation import PreparationPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.triage import TriageScreen
from batchtui.ui.widgets.statusline import StatusLine
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec
from tests.fakes.world import FakeJob
from tests.ui.conftest import TestedApp, settled, text_of, until

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


@pytest.mark.slow
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
        app.panes.feeds.refresh("preparations")
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


STDERR = "workitems/j/job-1/jobpreparation/stderr.txt"


@pytest.mark.slow
@pytest.mark.fault("2.3")
@pytest.mark.parametrize(("change", "told"), CASES, ids=[told for _, told in CASES])
async def test_the_page_of_a_task_says_why_it_waits(
    account: FakeAccount,
    app: TestedApp,
    change: Callable[[FakeAccount, FakeJob], None],
    told: str,
) -> None:
    change(account, await waiting(account))
    account.batch.world.node_files[STDERR] = b"no space left on /mnt\n"
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("5", "i")
        await until(lambda: told in page_of(app), what=told)
        assert "waits for a free slot" not in page_of(app)
        assert ("no space left on /mnt" in page_of(app)) is (change is _unprepared)


@pytest.mark.fault("2.3")
async def test_the_page_of_a_task_tells_of_what_failed_before_it(
    account: FakeAccount, app: TestedApp
) -> None:
    batch, job = account.batch, await waiting(account)
    batch.outcomes = {"mid": Outcome(exit_code=1)}
    _depends(account, job)
    await batch.add_tasks("j", [task_spec("mid")], added=lambda _: None)
    batch.step(3)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("5", "G", "i")
        await until(lambda: "never runs: mid failed" in page_of(app))


@pytest.mark.fault("2.22")
async def test_preparation_and_release_are_told_for_each_node(
    account: FakeAccount, app: TestedApp
) -> None:
    job = await waiting(account)
    job.prepared = (
        PreparationStatus("p", "tvm-d-0", PREPARED, replace(PREPARED, exit_code=0)),
        PreparationStatus("p", "tvm-d-1", unprepared(7)),
    )
    account.batch.world.node_files[STDERR] = b"no space left on /mnt\n"
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "i")
        await until(lambda: "no space left on /mnt" in page_of(app))
        page = page_of(app)
        assert "failed on 1 node, exit 7" in page
        assert "preparation succeeded · release succeeded" in page
        assert "preparation failed, exit 7" in page
        await pilot.press("escape", "J")
        await until(lambda: isinstance(app.screen, JobScreen))
        await until(lambda: app.screen.query_one(PreparationPane).display)
        await pilot.pause()
        rows = text_of(app.screen.query_one(PreparationPane).table).splitlines()
        assert "tvm-d-1" in rows[1]
        assert "✗ failed, exit 7" in rows[1]
        assert "tvm-d-0" in rows[2]
        assert rows[2].count("✓ succeeded") == 2
        assert "preparation failed on 1 node, exit 7" in text_of(app.screen.query_one(StatusLine))


@pytest.mark.fault("2.22")
async def test_a_failed_preparation_is_a_cause_with_its_stderr(
    account: FakeAccount, app: TestedApp
) -> None:
    job = await waiting(account)
    _unprepared(account, job)
    account.batch.world.node_files[STDERR] = b"no space left on /mnt\n"
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "f")
        await until(lambda: isinstance(app.screen, TriageScreen))
        screen = app.screen
        causes = screen.query_one("#causes RecordTable")
        await until(lambda: "job preparation: exit code 7" in text_of(causes))
        assert "2 nodes" in text_of(causes)
        stderr = screen.query_one("#stderr ExcerptView")
        await until(lambda: "no space left on /mnt" in text_of(stderr))
        assert "no task of the job runs there" in text_of(screen.query_one("#failed RecordTable"))


@pytest.mark.slow
@pytest.mark.fault("2.22")
async def test_between_a_failed_preparation_and_failed_tasks_the_stream_follows_the_cursor(
    account: FakeAccount, app: TestedApp
) -> None:
    batch, job = account.batch, await waiting(account)
    batch.outcomes = {"bad": Outcome(exit_code=3, stderr=b"of the task\n")}
    await batch.add_tasks("j", [task_spec("bad")], added=lambda _: None)
    batch.step(3)
    _unprepared(account, job)
    batch.world.node_files[STDERR] = b"of the preparation\n"
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "f")
        await until(lambda: isinstance(app.screen, TriageScreen))
        screen = app.screen
        causes = screen.query_one("#causes RecordTable")
        await until(lambda: "job preparation" in text_of(causes))
        await until(lambda: "exit code 3" in text_of(causes))
        stderr = screen.query_one("#stderr ExcerptView")
        for key, told in (("end", "of the task"), ("home", "of the preparation"),
                          ("end", "of the task")):  # fmt: skip
            await pilot.press(key)
            await until(partial(shows, stderr, told), what=told)


def shows(widget: Widget, text: str) -> bool:
    return text in text_of(widget)


def page_of(app: TestedApp) -> str:
    view = next(iter(app.screen.query("RowsView")), None)
    return text_of(view) if view is not None else ""


@pytest.mark.slow
@pytest.mark.fault("2.6")
@pytest.mark.parametrize(("pane", "key"), [("5", "i"), ("2", "i"), ("2", "J")])
async def test_pages_of_what_is_deleted_say_that_it_is_gone(
    account: FakeAccount, app: TestedApp, pane: str, key: str
) -> None:
    await waiting(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press(pane, key)
        await until(lambda: app.screen is not app.dashboard)
        screen = app.screen
        status = screen.query_one(StatusLine)
        await until(lambda: "active" in text_of(status))
        del account.batch.world.jobs["j"]
        await pilot.press("r")
        await until(lambda: "no longer exists" in text_of(status))
        assert "active" not in text_of(status)
