"""Forms whose answer the service refuses: nothing that was filled in is lost."""

from textual.widgets import Static

from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.new_pool import NewPoolScreen
from batchtui.ui.screens.resize import ResizeScreen
from batchtui.ui.widgets.form import NumberField, TextField
from tests.fakes import refused
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.steering import SIZE, agreed, called, chosen, shows, steerable, top


async def test_what_the_service_refuses_stays_to_be_put_right() -> None:
    app = TestedApp(await steerable())
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("n")
        await top(app, NewPoolScreen)
        app.screen.query_one("#pool", TextField).input.value = "cpu"
        app.screen.query_one("#dedicated", NumberField).input.value = "7"
        await pilot.press("enter")
        verdict = app.screen.query_one("#verdict", Static)
        await until(lambda: shows(verdict, "it exists already"))
        assert app.screen.query_one("#dedicated", NumberField).number == 7
        app.screen.query_one("#pool", TextField).input.value = "cpu-2"
        await until(lambda: not verdict.display, what="nothing is wrong with another name")
        await pilot.press("enter")
        await called(app, "create_pool cpu-2")
        await top(app, DashboardScreen)


async def test_a_resize_that_is_refused_or_not_agreed_to_keeps_its_numbers() -> None:
    app = TestedApp(await steerable())
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await chosen(pilot, app, "r")
        await top(app, ResizeScreen)
        form = app.screen
        form.query_one("#dedicated", NumberField).input.value = "5"
        await pilot.press("enter")
        await top(app, ConfirmScreen)
        await pilot.press("escape")
        await until(lambda: app.screen is form, what="the form is there again")
        app.account.calls.fail("resize_pool", refused("Could not resize cpu: the quota is reached"))
        await pilot.press("enter")
        await agreed(pilot, app)
        await until(lambda: shows(form.query_one("#verdict", Static), "the quota is reached"))
        assert form.query_one("#dedicated", NumberField).number == 5
        await pilot.press("enter")
        await agreed(pilot, app)
        await top(app, DashboardScreen)
        await called(app, "resize_pool cpu 5 0 requeue")
