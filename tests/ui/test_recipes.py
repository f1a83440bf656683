"""Choosing a recipe, filling in its parameters, and hearing what is wrong before anything runs."""

from pathlib import Path

from textual.widgets import OptionList

from batchtui import paths
from batchtui.core.run.cleanup import CleanupRule
from batchtui.ui.recipe_run import RecipeRun, planned
from batchtui.ui.screens.recipe_form import Ready, RecipeFormScreen
from batchtui.ui.screens.recipes import RecipesScreen
from batchtui.ui.screens.run import RunScreen
from batchtui.ui.widgets.form import ChoiceField, Field, TextField
from batchtui.ui.widgets.form_paths import PathField, completed
from tests.core.recipes import GOOD, written
from tests.fakes import unreachable
from tests.ui.stage import until, words
from tests.ui.ventures import Venture

TYPED = GOOD.replace(
    "[containers]",
    "[parameters.loud]\ndefault = false\nhelp = 'say more'\n"
    "[parameters.share]\ndefault = 0.5\n[containers]",
)


def field(app: Venture, label: str) -> Field:
    return next(each for each in app.screen.query(Field) if each.label == label)


def fill(app: Venture, label: str, text: str) -> None:
    found = field(app, label)
    assert isinstance(found, TextField)
    found.input.value = text


async def test_the_recipes_that_came_along_are_on_offer(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(RecipesScreen(app.workshop))
        shipped = [folder.name for folder in paths.recipe_folders()]
        await until(pilot, lambda: app.screen.query(OptionList))
        offers = app.screen.query_one(OptionList)
        await until(pilot, lambda: len(offers.options) == len(shipped))
        assert [str(each.prompt).split()[0] for each in offers.options] == shipped
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecipeFormScreen))
        assert "to upload" in words(app)
        await pilot.press("escape", "escape")
        assert not isinstance(app.screen, RecipesScreen)


async def test_a_recipe_by_its_path_runs_with_what_was_filled_in(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    folder = written(tmp_path / "mine")
    async with app.run_test(size=(100, 30)) as pilot:
        hold = app.account.calls.hold("create_pool")
        app.push_screen(RecipesScreen(app.workshop))
        await until(pilot, lambda: app.screen.query(PathField))
        fill(app, "Another recipe", str(folder))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, RecipeFormScreen))
        fill(app, "words", "7")
        fill(app, "Outputs go to", str(tmp_path / "there"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await hold.reached.wait()
        (run,) = app.runs.live
        assert isinstance(run, RecipeRun)
        assert run.plan.parameters == {"words": 7, "nodes": 2}
        await app.runs.cancel_all()

        await pilot.press("escape")
        app.push_screen(RecipesScreen(app.workshop))
        await until(pilot, lambda: app.screen.query(OptionList))
        await until(pilot, lambda: len(app.screen.query_one(OptionList).options) > 2)
        assert "cancelled" in str(app.screen.query_one(OptionList).options[0].prompt)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))


async def test_what_is_wrong_is_said_with_the_keys_path(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    folder = written(tmp_path / "mine", GOOD.replace("vm_size", "vmsize"))
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(RecipesScreen(app.workshop))
        await until(pilot, lambda: app.screen.query(PathField))
        fill(app, "Another recipe", str(folder))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "pool.vmsize" in words(app))
        assert "did you mean 'vm_size'?" in words(app)


async def test_checking_runs_nothing_and_running_is_refused_when_names_are_taken(
    tmp_path: Path,
) -> None:
    app = Venture(tmp_path)
    text = GOOD.replace("count-{run}-in", "taken")
    plan = await planned(written(tmp_path / "mine", text), {})
    async with app.run_test(size=(100, 34)) as pilot:
        app.push_screen(RecipeFormScreen(app.workshop, plan))
        await until(pilot, lambda: app.screen.query(Field))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Nothing is wrong: 3 tasks, 4 files" in words(app))
        app.account.storage.put("taken")
        await pilot.press("enter")
        await until(pilot, lambda: "containers.input" in words(app))
        app.account.calls.down(unreachable())
        await pilot.press("enter")
        await until(pilot, lambda: "connection refused" in words(app))
        assert isinstance(app.screen, RecipeFormScreen)
        assert not app.runs.all
        assert app.account.calls.count("create_container") == 0


async def test_each_parameter_is_a_field_of_its_type(tmp_path: Path) -> None:
    app = Venture(tmp_path)
    plan = await planned(written(tmp_path / "mine", TYPED), {})
    done: list[Ready | None] = []
    async with app.run_test(size=(100, 40)) as pilot:
        app.push_screen(RecipeFormScreen(app.workshop, plan), done.append)
        await until(pilot, lambda: app.screen.query(Field))
        fill(app, "words", "many")
        fill(app, "share", "half")
        await pilot.press("enter")
        await pilot.pause()
        assert field(app, "words").has_class("-wrong")
        assert field(app, "share").has_class("-wrong")
        assert app.focused is field(app, "words").control
        fill(app, "words", "4")
        fill(app, "share", "0.25")
        loud, rule = field(app, "loud"), field(app, "At the end")
        assert isinstance(loud, ChoiceField)
        assert isinstance(rule, ChoiceField)
        loud.select.value = "true"
        rule.select.value = "keep all that it created"
        await pilot.press("enter")
        await until(pilot, lambda: done)
    (ready,) = done
    assert ready is not None
    assert ready.plan.parameters == {"words": 4, "nodes": 2, "loud": True, "share": 0.25}
    assert ready.rule is CleanupRule.NEVER


def test_paths_are_completed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "dates.txt").touch()
    (tmp_path / ".hidden").touch()
    assert completed(f"{tmp_path}/da") == f"{tmp_path}/data/"
    assert completed(f"{tmp_path}/dat") == f"{tmp_path}/data/"
    assert completed(f"{tmp_path}/date") == f"{tmp_path}/dates.txt"
    assert completed(f"{tmp_path}/.h") == f"{tmp_path}/.hidden"
    assert completed(f"{tmp_path}/") is None
    assert completed(f"{tmp_path}/nowhere/x") is None
