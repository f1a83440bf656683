"""From a failed job to the reason, and to another try."""

import pytest
from textual.pilot import Pilot

from batchtui.core.states import TaskState
from batchtui.ui.panes.causes import CausesPane
from batchtui.ui.panes.failed import FailedPane
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.triage import TriageScreen
from tests.fakes import FakeAccount, refused
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=40, tasks=60)


async def triage(pilot: Pilot[int], app: TestedApp) -> TriageScreen:
    """Go to the failures of the job frames-0412."""
    await settled(pilot, app)
    await pilot.press("2", "j")
    await pilot.press("f")
    await until(lambda: isinstance(app.screen, TriageScreen))
    screen = app.screen
    assert isinstance(screen, TriageScreen)
    await until(lambda: screen.cause is not None, what="a cause")
    return screen


def shown(screen: TriageScreen, pane: str) -> str:
    return text_of(screen.query_one(f"#{pane} RecordTable"))


async def test_failures_stand_by_cause_with_the_last_words_of_one(
    app: TestedApp, account: FakeAccount
) -> None:
    for task in account.batch.world.jobs["frames-0412"].tasks.values():
        if task.failed and task.outcome.exit_code == 139:
            task.outcome = type(task.outcome)(
                139, stderr=b"loading\nsegfault at 0\n", failure=task.outcome.failure
            )
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await triage(pilot, app)
        causes = shown(screen, "causes").splitlines()
        assert "exit code 139 (SIGSEGV)" in causes[1]
        assert "no such texture" in causes[1]
        assert "BlobAccessDenied" in causes[2]
        assert "frame-08107" in shown(screen, "failed")
        stderr = screen.query_one("#stderr ExcerptView")
        await until(lambda: "segfault at 0" in text_of(stderr))
        failed = (await account.batch.task_counts("frames-0412")).failed
        await until(lambda: f"{failed} of 60 tasks failed" in text_of(screen.status))
        await pilot.press("j")
        await until(lambda: "frame-08131" in shown(screen, "failed"))
        await pilot.press("v")
        await until(lambda: "with exit code 139" in shown(screen, "causes"))
        rows = shown(screen, "causes").splitlines()
        assert "NODES" not in rows[0], "it would say the same again"
        assert "NODE " in rows[0]
        assert rows[1].startswith("▌"), "the cursor begins anew at the node with most failures"
        await pilot.press("v")
        await until(lambda: "NODES" in shown(screen, "causes"))
        await until(lambda: "stderr" in screen.feeds and screen.stderr.known)
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, OutputScreen))
        await pilot.press("escape", "backspace")
        await until(lambda: app.screen is app.dashboard)


async def test_all_tasks_of_a_cause_run_again_after_a_question(
    app: TestedApp, account: FakeAccount
) -> None:
    """From the dashboard with the job highlighted: f, a, y."""
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await triage(pilot, app)
        assert screen.cause is not None
        ids = [task.id for task in screen.cause.tasks]
        assert len(ids) > 1
        calls = account.calls
        calls.fail("reactivate_task", refused("Could not run it again: the node is gone."))
        await pilot.press("a")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        assert calls.count("reactivate_task") == 0
        await pilot.press("y")
        await until(lambda: calls.count("reactivate_task") == len(ids))
        await until(lambda: isinstance(app.screen, BulkScreen) and not app.screen.running)
        await until(lambda: "the node is gone" in text_of(app.screen.query_one("RecordTable")))
        await pilot.press("r")
        await until(lambda: calls.count("reactivate_task") == len(ids) + 1)
        await until(lambda: isinstance(app.screen, BulkScreen) and not app.screen.running)
        await pilot.press("enter")
        await until(lambda: app.screen is screen)
        tasks = account.batch.world.jobs["frames-0412"].tasks
        assert {tasks[task_id].state for task_id in ids} == {TaskState.ACTIVE}
        await until(lambda: screen.cause is not None and screen.cause.words == "BlobAccessDenied")


async def test_marked_tasks_run_again_and_a_read_only_account_offers_nothing(
    account: FakeAccount,
) -> None:
    app = TestedApp(account, read_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await triage(pilot, app)
        for key in ("1", "2"):
            await pilot.press(key, "a", "A")
            assert app.screen is screen
            assert [told.title for told in app._notifications] == ["Again", "Again all"]
            app.clear_notifications()
        screen.query_one(CausesPane).read_only = False
        tasks = screen.query_one(FailedPane)
        tasks.read_only = False
        await pilot.press("2", "space", "space", "a")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        assert "Run 2 tasks of job frames-0412 again?" in text_of(app.screen.query_one("#question"))


async def test_where_no_job_is_in_use_the_one_with_most_failures_is_meant(
    app: TestedApp,
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("f")
        await until(lambda: isinstance(app.screen, TriageScreen))
        assert isinstance(app.screen, TriageScreen)
        assert app.screen.job.id == "frames-0412"
        await pilot.press("escape", "2", "f")
        await until(lambda: isinstance(app.screen, TriageScreen))
        assert isinstance(app.screen, TriageScreen)
        assert app.screen.job.id == "variants-chr1"
