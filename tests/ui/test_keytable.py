"""Keys as they are declared, as the README tells them, and as a user wants them."""

from batchtui.ui.keytable import commands, taken, unknown
from tests.readme_keys import README, with_keys
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.scene import render_farm


def test_the_readme_has_the_keys_that_the_program_has() -> None:
    readme = README.read_text("utf-8")
    assert with_keys(readme) == readme, "run python -m tests.readme_keys"


def test_commands_are_told_where_they_work_and_dialogs_are_left_out() -> None:
    told = {(command.where, command.id): command for command in commands()}
    assert told["Jobs", "jobs.terminate"].keys == ("t",)
    assert told["Pools", "pools.resize"].keys == ("x r",)
    assert told["Everywhere", "help"].keys == ("?", "f1")
    assert told["Tables", "table.mark_none"].keys == ("ctrl+\\",)
    assert not any(command.where == "Confirm" for command in told.values())
    assert len({(command.id, command.keys) for command in told.values()}) == len(told)


def test_a_name_that_no_command_has_is_said_to_be_wrong() -> None:
    assert unknown({"jobs.terminate": "K"}) == ()
    assert unknown({"jobs.terminat": "K"}) == (
        "keys.jobs.terminat: there is no such command, did you mean 'jobs.terminate'?",
    )


async def test_a_command_takes_the_keys_that_its_user_gave_it() -> None:
    app = TestedApp(await render_farm(nodes=4, tasks=4), keymap={"zoom": "Z", "no.such": "K"})
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("z")
        assert not app.panes.zoomed
        await pilot.press("Z")
        assert app.panes.zoomed
        await until(lambda: any("no.such" in each.message for each in app._notifications))


def test_a_key_that_is_taken_from_a_command_is_said_to_be() -> None:
    (told,) = taken({"jobs.limits": "t"})
    assert told.startswith("keys.jobs.limits: its key t was that of jobs.terminate (Terminate)")
    assert taken({"jobs.limits": "t", "jobs.terminate": "e"}) == ()
    assert taken({"table.sort": "/"})[0].startswith(
        "keys.table.sort: its key / was that of table.f"
    )
    assert taken({"jobs.limits": "K"}) == ()


def test_keys_that_hide_each_other_are_told_of() -> None:
    assert taken({"pause": "r"}) == (
        "keys.pause: its key r is also that of Refresh, which comes first in: Dashboard, "
        "Other screens",
    )
    (told,) = taken({"goto": "d"})
    assert "is also that of Delete, Remove, which comes first in: " in told
    (told,) = taken({"jobs.terminate": "p"})
    assert told.endswith("is also that of Pause, before which it comes in: Jobs")
    assert taken({"pause": "f9", "refresh": "f7"}) == ()
