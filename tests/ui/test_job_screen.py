"""A job's own screen: what ran when and where."""

from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot

from batchtui.core.chronicle import Chronicle
from batchtui.core.course import Course, course_of
from batchtui.core.models import NodeInfo, Task, TaskExecution
from batchtui.core.states import Result, TaskState
from batchtui.ui.panes.course import CoursePane
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.triage import TriageScreen
from batchtui.ui.widgets.coursechart import CourseChart, ended, running
from batchtui.ui.widgets.durations import Durations
from batchtui.ui.widgets.gantt import Gantt, nearest
from batchtui.ui.widgets.ganttcells import Look, Scope, lane_cells
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.timeaxis import axis, rounded_up
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=12, tasks=120)


def ran(
    task_id: str, start: int, end: int | None, *, failed: bool = False, node: str = "n"
) -> Task:
    """A task that ran then, in seconds after noon."""
    return Task(
        task_id,
        TaskState.COMPLETED,
        execution_info=TaskExecution(
            NOON + timedelta(seconds=start),
            None if end is None else NOON + timedelta(seconds=end),
            result=Result.FAILURE if failed else None,
        ),
        node_info=NodeInfo("p", node),
    )


def course(*tasks: Task) -> Course:
    return course_of(tasks, complete=True)


def drawn(of: Course, width: int, seconds: int) -> str:
    begin = NOON.timestamp()
    cells = lane_cells(of.lanes[0], Scope(begin, begin + seconds, width), begin + seconds)
    return "".join(char for char, _ in cells)


def test_a_lane_shows_work_idling_and_failures() -> None:
    of = course(ran("a", 0, 2), ran("b", 4, 6, failed=True), ran("c", 7, 8))
    assert drawn(of, 10, 10) == "▇▇──▇▇✗▇  "
    half = course(ran("a", 0, 1), ran("b", 0, 2), ran("c", 2, 4))
    assert drawn(half, 4, 4)[:4] == "▇▄▄▄", "half of its two slots are in use after a second"
    assert drawn(course(ran("instant", 5, 5)), 10, 10).strip(), "no task is lost from sight"


def test_tasks_that_run_reach_to_the_present() -> None:
    of = course(ran("a", 0, 2), ran("b", 2, None))
    begin = NOON.timestamp()
    cells = lane_cells(of.lanes[0], Scope(begin, begin + 10, 10), begin + 6)
    assert [look for _, look in cells[:7]] == [Look.EVEN] * 2 + [Look.OPEN] * 4 + [Look.NONE]
    assert "".join(char for char, _ in cells) == "▇▇▇▇▇▶    ", "and say so without a colour"


def test_charts_count_in_each_cell() -> None:
    of = course(ran("a", 0, 3), ran("b", 1, 3, failed=True), ran("c", 4, 9, node="m"))
    begin = NOON.timestamp()
    scope = Scope(begin, begin + 10, 5)
    assert ended(of, scope) == [(0, 0), (2, 1), (0, 0), (0, 0), (1, 0)]
    assert running(of, scope, begin + 10) == [2, 0, 1, 1, 0]


def test_the_axis_has_marks_at_round_times() -> None:
    assert axis(Scope(0, 60, 60), 0).split() == ["┊0", "s", "┊15", "s", "┊30", "s", "┊45", "s"]
    assert axis(Scope(75, 135, 60), 0).split() == ["┊1:15", "min", "┊1:30", "min", "┊1:45", "min",
                                                   "┊2", "min"]  # fmt: skip
    assert rounded_up(10.2) == 11
    assert rounded_up(3_600) == rounded_up(3_650), "it does not move every second"


def test_the_nearest_task_is_the_one_that_ran_then() -> None:
    lane = course(ran("a", 0, 9), ran("b", 2, 3), ran("c", 20, 30)).lanes[0]
    begin = NOON.timestamp()
    found = [nearest(lane, begin + second).task_id for second in (1, 2.5, 6, 18, 99)]
    assert found == ["a", "b", "a", "c", "c"]


async def opened(pilot: Pilot[int], app: TestedApp) -> JobScreen:
    await settled(pilot, app)
    await pilot.press("2", "j", "J")
    await until(lambda: isinstance(app.screen, JobScreen))
    screen = app.screen
    assert isinstance(screen, JobScreen)
    await until(lambda: screen.course.known and screen.counts.known, what="the course")
    await pilot.pause()
    return screen


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
async def test_a_job_shows_its_progress_its_charts_and_its_nodes(
    app: TestedApp, account: FakeAccount, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app)
        counts = await account.batch.task_counts("frames-0412")
        assert f"{counts.completed * 100 // counts.total} %" in text_of(screen.status)
        assert "frames-0412" in text_of(screen.status)
        assert "tasks running up to" in text_of(screen.query_one(CourseChart))
        assert "longest" in text_of(screen.query_one(Durations))
        gantt = screen.query_one(Gantt)
        lines = text_of(gantt).splitlines()
        nodes = sorted({lane.node_id for lane in screen.course.value.lanes})
        assert len(nodes) > 3
        assert "┊" in lines[0]
        assert "✗" in "".join(lines)
        assert 0 < len(screen.query_one(KeyBar).keys) <= 8
        assert all(widget.region.bottom <= size[1] for widget in screen.query("Pane"))


async def test_of_a_large_job_every_pane_says_which_tasks_it_shows(
    app: TestedApp, account: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chronicle, "AT_MOST", 50)
    async with app.run_test(size=(160, 48)) as pilot:
        screen = await opened(pilot, app)
        for pane in screen.query(CoursePane):
            assert "the first 50 tasks" in pane.summary
        chart = text_of(screen.query_one(CourseChart))
        assert "of these running up to" in chart
        assert "tasks running" not in chart
        assert "┊" in chart.splitlines()[-1], "the time is marked"


async def test_while_nothing_is_known_nothing_is_said_of_the_tasks(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot, app)
        hold = account.calls.hold("task_history")
        await pilot.press("2", "j", "J")
        await until(lambda: isinstance(app.screen, JobScreen))
        await hold.reached.wait()
        await pilot.pause()
        assert "Looking…" in text_of(app.screen.query_one(Gantt))
        assert "Looking…" in text_of(app.screen.query_one(Durations))
        assert text_of(app.screen.query_one(CourseChart)).split() == ["Looking…"]
        hold.release()
        await until(lambda: "longest" in text_of(app.screen.query_one(Durations)))


async def test_the_cursor_names_tasks_and_leads_to_them(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        screen = await opened(pilot, app)
        gantt = screen.query_one(Gantt)
        detail = screen.query_one("#lanes .detail")
        assert gantt.stint is not None
        first = gantt.stint
        assert first.task_id in text_of(detail)
        assert first.node_id in text_of(detail)
        await pilot.press("right")
        assert gantt.stint.node_id == first.node_id
        assert gantt.stint.task_id != first.task_id
        await pilot.press("down")
        assert gantt.stint.node_id != first.node_id
        await pilot.press("right_square_bracket")
        assert gantt.stint.failed
        assert "failed after" in text_of(detail)
        failed = gantt.stint.task_id
        begin, end = screen.span
        await pilot.press("plus", "plus")
        await until(lambda: screen.span[1] - screen.span[0] < (end - begin) / 2)
        assert gantt.scope.begin <= gantt.stint.start <= gantt.scope.end
        await pilot.press("0")
        await until(lambda: screen.span == (begin, end))
        account.batch.step(3)
        await screen.feeds["course"].poll()
        await pilot.pause()
        assert gantt.stint.task_id == failed, "the cursor stays on its task"
        await pilot.press("b")
        assert gantt.lanes[0].failed == max(lane.failed for lane in gantt.lanes)
        assert gantt.lanes[gantt.row].node_id == gantt.stint.node_id
        await pilot.click(gantt, offset=(gantt.label + gantt.scope.width - 2, 3))
        assert gantt.row == 2
        assert gantt.stint.node_id == gantt.lanes[2].node_id
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, OutputScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        await pilot.press("f")
        await until(lambda: isinstance(app.screen, TriageScreen))
        await pilot.press("backspace", "backspace")
        await until(lambda: app.screen is app.dashboard)
