"""Values that no calendar, number or file system has, in every field of every form."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from batchtui.core.filters import FilterError, Kind, parse
from batchtui.core.models import Pool
from batchtui.core.moments import MomentError, moment
from batchtui.ui.recipe_run import planned
from batchtui.ui.screens.fetch import FetchScreen
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.screens.job_limits import JobLimitsScreen
from batchtui.ui.screens.new_container import NewContainerScreen
from batchtui.ui.screens.new_job import NewJobScreen
from batchtui.ui.screens.new_pool import NewPoolScreen
from batchtui.ui.screens.new_schedule import NewScheduleScreen
from batchtui.ui.screens.new_tasks import NewTasksScreen
from batchtui.ui.screens.recipe_form import RecipeFormScreen
from batchtui.ui.screens.resize import ResizeScreen
from batchtui.ui.screens.sas import CONTAINER_RIGHTS, SasScreen
from batchtui.ui.screens.start_task import StartTaskScreen
from batchtui.ui.screens.task_limits import TaskLimitsScreen
from batchtui.ui.widgets.form import Field
from batchtui.ui.widgets.form_paths import completed
from tests.core.recipes import GOOD, written
from tests.fakes import FakeAccount
from tests.ui.conftest import until
from tests.ui.stage import Stage
from tests.ui.ventures import Venture

ODD = (
    "", " ", "0", "-1", "00000000000000000000000000001", "9" * 18, "9" * 4300, "-" + "9" * 5000,
    "9" * 4300 + "d", "1" + "0" * 4300 + "s", "9999999d", "3651d", "-5m", "1e400", "1e-400", "nan",
    "inf", "Infinity", "٣", "٣d", "²", "½", "0x10", "1_000", "1,000", "+5", "1.5", "\uff11\uff12",
    "9999-12-31T23:59-01:00", "0001-01-01T00:00+01:00", "9999-12-31", "0000-00-00", "2026-02-30",
    "2026-W01-1", "99999999-01-01", "in 3650d", "in 99999999999d", "in -1h", "in", "in nan",
    "~nosuchuser/x", "~", "/proc/1/x", "/root/../x", "x" * 300, "x/" * 3000, "a\0b", "ä" * 200,
    "\ud800", "\r\n\x1b[2J", "\u202e", "[/x]", "[b]", "{input.name}", "{", "}", "{{}}", "%", "%s",
    "$(x)", "'", '"', "\\", "../..", ".", "..", "con", "名" * 100, "🙂" * 64, "*", "**", "[", "[!",
)  # fmt: skip
IMAGES = {"maxTaskRetryCount": None, "priority": None, "maxParallelTasks": None}


async def _forms(tmp_path: Path) -> dict[str, Callable[[], FormScreen[Any]]]:
    images = await FakeAccount().batch.images()
    pool = Pool(id="p")
    return {
        "pool": lambda: NewPoolScreen(images),
        "job": lambda: NewJobScreen(("p", "q"), "p"),
        "schedule": lambda: NewScheduleScreen(("p", "q")),
        "tasks": lambda: NewTasksScreen("j"),
        "container": NewContainerScreen,
        "resize": lambda: ResizeScreen(pool),
        "sas": lambda: SasScreen("URL of out", CONTAINER_RIGHTS),
        "fetch": lambda: FetchScreen("Download", tmp_path),
        "start task": lambda: StartTaskScreen("p", {"maxTaskRetryCount": None}),
        "job limits": lambda: JobLimitsScreen("Limits", {**IMAGES, "constraints": None}),
        "task limits": lambda: TaskLimitsScreen("Limits", IMAGES),
    }


FORMS = (
    "pool", "job", "schedule", "tasks", "container", "resize", "sas", "fetch", "start task",
    "job limits", "task limits",
)  # fmt: skip


@pytest.mark.fault("1.16")
@pytest.mark.parametrize("form", FORMS)
async def test_an_odd_value_is_refused_by_a_sentence_or_taken(form: str, tmp_path: Path) -> None:
    forms = await _forms(tmp_path)
    screen = forms[form]()
    stage = Stage(screen)
    async with stage.run_test(size=(100, 40)):
        await until(lambda: screen.is_mounted and screen.query(Field), what=form)
        for field in screen.query(Field):
            await _fill(screen, field)


@pytest.mark.fault("1.16")
async def test_odd_values_of_a_recipes_parameters(tmp_path: Path) -> None:
    recipe = GOOD.replace(
        "[containers]",
        "[parameters.share]\ndefault = 0.5\n[parameters.name]\ndefault = 'x'\n[containers]",
    )
    app = Venture(tmp_path)
    plan = await planned(written(tmp_path / "recipe", recipe), {})
    async with app.run_test(size=(100, 40)):
        screen = RecipeFormScreen(app.workshop, plan)
        await app.push_screen(screen)
        await until(lambda: screen.query(Field), what="fields")
        for field in screen.query(Field):
            await _fill(screen, field, reads=False)


async def _fill(screen: FormScreen[Any], field: Field, *, reads: bool = True) -> None:
    """Fill every odd value in, and have the form read where nothing is against it."""
    for typed in field.query(Input):
        before = typed.value
        for value in ODD:
            typed.value = value
            fault = field.fault()
            assert isinstance(fault, str)
            assert len(fault) < 300
            assert "Error" not in fault
            if reads and not any(other.fault() for other in screen.query(Field)):
                screen.result()
        typed.value = before


@pytest.mark.fault("1.16")
@pytest.mark.parametrize("value", ODD)
def test_a_moment_is_one_of_the_calendar_or_refused(value: str) -> None:
    for now in (datetime(2026, 12, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)):
        with suppress(MomentError):
            assert moment(value, now).tzinfo is UTC


@pytest.mark.fault("1.16")
@pytest.mark.parametrize("value", [*ODD, "a{99999999999}", "(" * 5000 + ")" * 5000, "(?P<", "\\"])
def test_a_filter_is_read_or_refused(value: str) -> None:
    columns = {"id": Kind.WORD, "exit": Kind.NUMBER, "age": Kind.DURATION}
    for form in ("{}", "exit:>{}", "age:<{}", "id:^{}", "/{}/", "!{}"):
        with suppress(FilterError):
            parse(form.replace("{}", value), columns).passes(lambda _column: "x")


@pytest.mark.fault("1.16")
@pytest.mark.parametrize("value", ODD)
def test_completing_a_path_raises_nothing(value: str) -> None:
    assert completed(value) is None or isinstance(completed(value), str)
