"""The output of a task: live, safe to look at, and honest about what is not there."""

from datetime import timedelta

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.core.states import JobState
from batchtui.core.tail import Excerpt
from batchtui.core.traffic import Traffic
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.widgets.excerpt import ExcerptView
from batchtui.ui.widgets.excerpt_text import lines_of, rows_of
from tests.fakes import FakeAccount, Outcome, pool_spec, refused, task_spec
from tests.fakes.storage import SIGNATURE
from tests.ui.stage import Stage, until, words


async def opened(outcome: Outcome, *, steps: int = 9) -> tuple[FakeAccount, Stage[None]]:
    """An account with one task, and the task's output on the stage."""
    account = FakeAccount()
    account.batch.by_itself = False
    account.batch.outcomes["t"] = outcome
    await account.batch.create_pool(pool_spec("p", dedicated=1))
    await account.batch.create_job(JobSpec(id="night", pool_info=PoolInfo("p")))
    await account.batch.add_tasks("night", [task_spec("t")], added=lambda _count: None)
    account.batch.step(steps)
    feeds = Feeds(account.gateway, Traffic(), every=0.01)
    screen = OutputScreen(
        Controller(account.gateway, feeds), "night", await account.batch.task("night", "t")
    )
    return account, Stage(screen)


def pane(pilot: Pilot[None], stream: str) -> StreamPane:
    return pilot.app.screen.query_one(f"#{stream}", StreamPane)


def shown(view: ExcerptView) -> str:
    lines = (view.render_line(y).text.rstrip() for y in range(view.size.height))
    return "\n".join(lines)


async def test_a_failed_task_says_why_and_opens_on_its_stderr() -> None:
    outcome = Outcome(7, stdout=b"one\ntwo\n", stderr=b"no such texture\n")
    _, stage = await opened(outcome)
    async with stage.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "texture" in shown(pane(pilot, "stderr").view))
        assert stage.focused is pane(pilot, "stderr").view
        said = words(stage)
        assert "failed" in said
        assert "exit 7" in said
        assert "FailureExitCode" in said
        await pilot.press("1")
        assert stage.focused is pane(pilot, "stdout").view
        assert "one\ntwo" in shown(pane(pilot, "stdout").view)
        await pilot.press("q")
        await until(pilot, stage.ended.is_set)


async def test_a_running_task_is_followed_to_its_end() -> None:
    account, stage = await opened(Outcome(0, steps=90, stdout=b"first\n"), steps=5)
    async with stage.run_test(size=(100, 24)) as pilot:
        view = pane(pilot, "stdout").view
        await until(pilot, lambda: "first" in shown(view))
        assert str(pane(pilot, "stdout").border_subtitle) == "6 B · following"
        assert "nothing to stderr yet" in shown(pane(pilot, "stderr").view)
        task = account.batch.world.jobs["night"].tasks["t"]
        task.outcome = Outcome(0, steps=1, stdout=b"first\nlast words\n")
        account.batch.step()
        await until(pilot, lambda: "last words" in shown(view))
        await until(pilot, lambda: "completed" in words(stage))
        await until(pilot, lambda: "following" not in str(pane(pilot, "stdout").border_subtitle))
        assert "wrote nothing to stderr" in shown(pane(pilot, "stderr").view)


async def test_a_file_that_is_gone_with_its_node_is_said_to_be() -> None:
    account, stage = await opened(Outcome(0))
    account.calls.fail(
        "file_state", refused("Could not read it: no such node", status=404), times=9
    )
    async with stage.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "no such node" in shown(pane(pilot, "stdout").view))
        assert "Its node may be gone" in " ".join(shown(pane(pilot, "stdout").view).split())


async def test_a_failing_look_keeps_the_text_and_says_so() -> None:
    account, stage = await opened(Outcome(0, steps=90, stdout=b"kept\n"), steps=5)
    async with stage.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "kept" in shown(pane(pilot, "stdout").view))
        account.calls.down(refused("Could not read stdout.txt: no route"))
        await until(pilot, lambda: pane(pilot, "stdout").has_class("-stale"))
        assert "no route" in words(stage)
        assert "kept" in shown(pane(pilot, "stdout").view)
        assert "as it was last seen" in str(pane(pilot, "stdout").border_subtitle)


@pytest.mark.fault("2.1", "2.21")
@pytest.mark.parametrize("status", [500, 501, 403])
async def test_what_could_not_be_looked_at_is_not_said_to_be_empty(status: int) -> None:
    account, stage = await opened(Outcome(0, stdout=b"words\n"))
    account.calls.fail("file_state", refused("Could not look: refused", status=status), times=99)
    async with stage.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: pane(pilot, "stdout").has_class("-stale"))
        assert "Could not look: refused" in words(stage)
        assert "nothing" not in shown(pane(pilot, "stdout").view)


async def test_a_view_follows_the_end_unless_scrolled_up() -> None:
    _, stage = await opened(Outcome(0, stdout=b"".join(b"line %d\n" % i for i in range(300))))
    async with stage.run_test(size=(80, 24)) as pilot:
        view = pane(pilot, "stdout").view
        await until(pilot, lambda: "line 299" in shown(view))
        view.excerpt = grown(view.excerpt, "line 300\n")
        assert "line 300" in shown(view)

        await pilot.press("up", "up")
        assert "scrolled up" in str(pane(pilot, "stdout").border_subtitle)
        before = shown(view)
        view.excerpt = grown(view.excerpt, "line 301\n")
        assert shown(view) == before
        # What one reads stays even when the window on the file moves on.
        moved = "".join(f"line {i}\n" for i in range(200, 400))
        view.excerpt = Excerpt(moved, start=1_500, size=1_500 + len(moved))
        assert shown(view) == before
        await pilot.press("G")
        assert "line 399" in shown(view)
        await pilot.press("home")
        assert shown(view).startswith("line 200")


def grown(excerpt: Excerpt, more: str) -> Excerpt:
    return Excerpt(excerpt.text + more, excerpt.start, excerpt.size + len(more))


async def test_a_sas_that_a_task_printed_is_not_shown() -> None:
    text = f"PUT https://fake.blob.example/out/a?sp=w&sig={SIGNATURE}\n".encode()
    _, stage = await opened(Outcome(0, stdout=text))
    async with stage.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: "fake.blob.example" in shown(pane(pilot, "stdout").view))
        assert SIGNATURE not in shown(pane(pilot, "stdout").view)


async def test_long_lines_wrap_or_not() -> None:
    _, stage = await opened(Outcome(0, stdout=b"x" * 200 + b" end\n"))
    async with stage.run_test(size=(80, 24)) as pilot:
        view = pane(pilot, "stdout").view
        await until(pilot, lambda: "end" in shown(view))
        await pilot.press("w")
        await until(pilot, lambda: "end" not in shown(view))
        assert shown(view).count("x") < 80


async def test_the_last_part_of_a_long_file_is_called_that() -> None:
    _, stage = await opened(Outcome(0, stdout=b"0123456789abcdef\n" * 40_000))
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pane(pilot, "stdout").reading.known)
        assert pane(pilot, "stdout").border_subtitle == "the last 262.1 KB of 680.0 KB"


def test_nothing_in_a_text_can_move_the_cursor() -> None:
    nasty = "a\x1b[2Jb\x1b]0;title\x07c\x00d\x9b1me\u202etxt\u200bf\x07\x0c\ng\x1b"
    for line in lines_of(nasty):
        assert line.isprintable()
    assert lines_of("\x1b[1;31mred\x1b[0m\n") == ("red",)
    assert lines_of("a\x00b") == ("a\u2400b",)
    assert lines_of("10 %\r20 %\r30 %\r\ndone\n") == ("30 %", "done")
    assert lines_of("a\tb") == ("a       b",)
    assert lines_of("an unfinished \x1b] title\nlost nothing") == (
        "an unfinished ",
        "lost nothing",
    )


def test_a_cut_first_line_is_left_out() -> None:
    assert lines_of("alf a line\nwhole\n", cut=True) == ("whole",)
    assert lines_of("one line only", cut=True) == ("one line only",)


def test_rows_are_never_wider_than_the_view() -> None:
    for line in ("", "x" * 79, "x" * 80, "x" * 81, "漢字" * 100, "e\u0301" * 200, "a漢" * 77):
        rows = list(rows_of(line, 80))
        assert "".join(rows) == line
        assert all(cell_len(row) <= 80 for row in rows)
    assert list(rows_of("", 80)) == [""]


@pytest.mark.fault("2.6")
@pytest.mark.parametrize("state", ["running", "completed"])
async def test_a_task_that_is_deleted_while_its_output_is_open_is_said_to_be_gone(
    state: str,
) -> None:
    steps = 90 if state == "running" else 1
    account, stage = await opened(Outcome(0, steps=steps, stdout=b"first\n"), steps=6)
    async with stage.run_test(size=(100, 24)) as pilot:
        stdout, stderr = pane(pilot, "stdout"), pane(pilot, "stderr")
        await until(pilot, lambda: "first" in shown(stdout.view))
        await until(pilot, lambda: state in words(stage))
        await account.batch.delete_task("night", "t")
        await until(pilot, lambda: "no longer exists" in words(stage))
        assert state not in words(stage)
        assert "first" in shown(stdout.view), "what was read stays"
        assert "as it was last seen" in str(stdout.border_subtitle)
        assert "following" not in str(stdout.border_subtitle)
        await until(pilot, lambda: "The task no longer exists" in shown(stderr.view))
        screen = stage.screen
        assert isinstance(screen, OutputScreen)
        before = words(stage)
        screen.now += timedelta(minutes=5)
        await pilot.pause()
        assert words(stage) == before, "nothing grows of what is gone"


@pytest.mark.fault("2.6")
async def test_a_task_that_comes_back_is_no_longer_said_to_be_gone() -> None:
    account, stage = await opened(Outcome(0, steps=90, stdout=b"first\n"), steps=6)
    async with stage.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "running" in words(stage))
        task = account.batch.world.jobs["night"].tasks.pop("t")
        await until(pilot, lambda: "no longer exists" in words(stage))
        account.batch.world.jobs["night"].tasks["t"] = task
        await until(pilot, lambda: "running" in words(stage))


@pytest.mark.fault("2.8")
async def test_a_waiting_task_says_that_it_waits_and_for_what() -> None:
    account, stage = await opened(Outcome(0, stdout=b"first\n"), steps=0)
    not_yet = refused("Could not look at stdout.txt (HTTP 409)")
    account.calls.fail("file_state", not_yet, times=10_000)
    async with stage.run_test(size=(100, 24)) as pilot:
        stdout = pane(pilot, "stdout")
        await until(pilot, lambda: "The task waits" in shown(stdout.view))
        assert not stdout.has_class("-stale")
        assert "409" not in shown(stdout.view)
        await until(pilot, lambda: "nodes of p are starting" in shown(stdout.view))
        account.batch.world.jobs["night"].state = JobState.DISABLED
        await until(pilot, lambda: "The task waits: job is disabled." in shown(stdout.view))


@pytest.mark.fault("2.14", "2.15")
async def test_a_task_that_runs_again_is_followed() -> None:
    account, stage = await opened(Outcome(3, stdout=b"first try\n"), steps=9)
    async with stage.run_test(size=(100, 24)) as pilot:
        stdout = pane(pilot, "stdout")
        await until(pilot, lambda: "first try" in shown(stdout.view))
        await until(pilot, lambda: "exit 3" in words(stage))
        task = account.batch.world.jobs["night"].tasks["t"]
        await account.batch.reactivate_task("night", "t")
        task.outcome = Outcome(0, steps=90, stdout=b"secondtry\n")
        await until(pilot, lambda: "active" in words(stage))
        assert "exit 3" not in words(stage)
        account.batch.step(2)
        await until(pilot, lambda: "running" in words(stage))
        await until(pilot, lambda: "secondtry" in shown(stdout.view))
        assert "first try" not in shown(stdout.view)
        task.outcome = Outcome(0, steps=1, stdout=b"secondtry\nand its end\n")
        account.batch.step()
        await until(pilot, lambda: "and its end" in shown(stdout.view))
        await until(pilot, lambda: "completed" in words(stage))


@pytest.mark.fault("2.14")
async def test_a_retry_on_its_node_starts_the_text_anew() -> None:
    account, stage = await opened(Outcome(0, steps=90, stdout=b"try one\n"), steps=6)
    async with stage.run_test(size=(100, 24)) as pilot:
        stdout = pane(pilot, "stdout")
        await until(pilot, lambda: "try one" in shown(stdout.view))
        task = account.batch.world.jobs["night"].tasks["t"]
        task.outcome = Outcome(0, steps=90, stdout=b"try two\n")
        task.retries = 1
        await until(pilot, lambda: "try two" in shown(stdout.view))
        await until(pilot, lambda: "retry 1" in words(stage))
        assert "try one" not in shown(stdout.view)
