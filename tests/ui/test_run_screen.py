"""A recipe carried out from the dashboard: its steps, its questions, its end."""

from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from batchtui.core.ledger import Fact, Kind, Outcome
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.run import RunScreen, launch
from batchtui.ui.widgets.event_steps import StepList
from batchtui.ui.widgets.event_story import Phase, Step
from batchtui.ui.widgets.event_words import step_line
from tests.fakes import Outcome as TaskOutcome
from tests.fakes import refused
from tests.fakes.storage import SIGNATURE
from tests.ui.stage import until, words
from tests.ui.ventures import Venture


def asked(app: Venture) -> bool:
    return isinstance(app.screen, ConfirmScreen)


def steps(app: Venture) -> str:
    """The list of steps as it reads."""
    return str(app.screen.query_one(StepList).render())


async def answered(pilot: Pilot[object], app: Venture, *keys: str) -> None:
    """Answer each question as it comes, and wait for the end."""
    for key in keys:
        await until(pilot, lambda: asked(app))
        asking = app.screen
        await pilot.press(key)
        await until(pilot, partial(lambda screen: app.screen is not screen, asking))
    await until(pilot, lambda: not app.runs.live and isinstance(app.screen, RunScreen))


async def test_a_run_goes_through_and_deletes_what_it_may(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        run = app.venture()
        launch(app, app.runs, run)
        await answered(pilot, app, "y", "n")
        assert run.story.succeeded
        assert all(mark.phase is Phase.DONE for mark in run.story.marks.values())
        assert "4 files, 68 B" in steps(app)
        assert "3 of 3 · 3 ok" in steps(app)
        assert "deleted 3 containers and job count-r1 · kept pool count-r1" in steps(app)
        said = words(app)
        assert "all tasks succeeded" in said
        assert str(tmp_path / "out") in said
        assert "Still there: pool count-r1" in said
        assert "delete_pool count-r1" not in app.account.calls.made
        assert (tmp_path / "out" / "a_OUT.txt").exists()


async def test_the_question_names_the_thing_and_what_goes_with_it(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        launch(app, app.runs, app.venture())
        await until(pilot, lambda: "Delete job count-r1?" in words(app))
        assert "3 tasks" in words(app)
        assert app.focused is not None
        assert app.focused.id == "no"
        await app.runs.cancel_all()


async def test_failed_tasks_are_shown_with_the_end_of_their_stderr(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    app.account.batch.outcomes = {"count-1": TaskOutcome(7, stderr=b"no \x1b[1mwords\x1b[0m\n")}
    async with app.run_test(size=(100, 30)) as pilot:
        run = app.venture()
        launch(app, app.runs, run)
        await answered(pilot, app)
        assert "Still there: 3 containers" in words(app)
        said = words(app)
        assert "✗ count-1   exit code 7" in said
        assert "no words" in said
        assert "some tasks failed" in said


async def test_a_refusal_marks_the_step_and_says_what_is_left(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    app.account.calls.fail("create_pool", refused("Could not create the pool: no quota"))
    async with app.run_test(size=(100, 30)) as pilot:
        run = app.venture()
        launch(app, app.runs, run)
        await until(pilot, lambda: run.story.ending)
        await until(pilot, lambda: "no quota" in words(app))
        assert run.story.marks[Step.POOL].phase is Phase.FAILED
        assert "Still there: 3 containers" in words(app)


async def test_names_that_are_taken_stop_it_before_anything_is_made(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    app.account.storage.put("count-r1-in")
    async with app.run_test(size=(100, 30)) as pilot:
        run = app.venture()
        launch(app, app.runs, run)
        await until(pilot, lambda: "containers.input" in words(app).replace("\n", ""))
        assert run.story.ending is not None
        assert run.story.ending.outcome is Outcome.REFUSED
        assert app.account.calls.count("create_container") == 0


async def test_leaving_lets_the_run_go_on_and_its_question_waits(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        hold = app.account.calls.hold("task_counts")
        run = app.venture()
        launch(app, app.runs, run)
        await hold.reached.wait()
        await pilot.press("escape")
        assert not isinstance(app.screen, RunScreen)
        assert app.runs.caption == "count 0/3"
        hold.release()
        await until(pilot, lambda: run.question)
        assert app.runs.caption == "count asks"
        assert not asked(app)
        (note,) = app._notifications
        assert "Delete job count-r1?" in note.message

        app.push_screen(RunScreen(app.runs, run))
        await answered(pilot, app, "n", "n")
        assert app.runs.all == (run,)


async def test_a_run_that_ends_unseen_says_so(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        hold = app.account.calls.hold("create_pool")
        app.account.calls.fail("create_job", refused("no"))
        launch(app, app.runs, app.venture())
        await hold.reached.wait()
        await pilot.press("escape")
        hold.release()
        await until(pilot, lambda: not app.runs.live)
        (note,) = app._notifications
        assert note.severity == "error"
        assert "could not go on" in note.message


async def test_cancelling_asks_and_leaves_a_true_ledger(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        hold = app.account.calls.hold("create_pool")
        run = app.venture()
        launch(app, app.runs, run)
        await hold.reached.wait()
        await pilot.press("t", "n")
        assert app.runs.live
        await pilot.press("t", "y")
        await until(pilot, lambda: not app.runs.live)
        await until(pilot, lambda: "cancelled" in words(app))
        assert "Still there: 3 containers and pool count-r1" in words(app)
        left = app.ledger.read("r1").left
        assert (left[-1].kind, left[-1].fact) == (Kind.POOL, Fact.INTENDED)
        assert "t" not in app.screen.active_bindings, "it is over"


async def test_a_step_fits_any_width(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        run = app.venture()
        launch(app, app.runs, run)
        await answered(pilot, app, "n", "n")
        for width in (40, 78, 198):
            for step in run.story.marks:
                line = step_line(run.story, step, run.story.began, width)
                assert sum(len(text) for text, _ in line) == width


async def test_the_log_tells_what_happened_when_and_follows_its_end(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        run = app.venture()
        launch(app, app.runs, run)
        await answered(pilot, app, "n", "y")
        said = [text for _, text, _ in run.story.log]
        assert said[:2] == ["started on fake: 3 tasks", "created container count-r1-app"]
        assert "submitted 3 tasks" in said
        assert "kept job count-r1" in said
        assert said[-1] == "ended: succeeded"
        log = app.screen.query_one("#log")
        await until(pilot, lambda: log.max_scroll_y > 0 and log.scroll_y == log.max_scroll_y)


async def test_no_secret_reaches_the_screen(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    leak = f"GET https://fake.blob.example/x?sig={SIGNATURE}&sp=r"
    app.account.batch.outcomes = {"*": TaskOutcome(1, stderr=leak.encode())}
    async with app.run_test(size=(120, 40)) as pilot:
        launch(app, app.runs, app.venture())
        await answered(pilot, app)
        assert "fake.blob.example" in words(app)
        assert SIGNATURE not in words(app)
