"""Opening an account, what goes wrong with that, and leaving it again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.widgets import OptionList

from batchtui.core.models import PoolInfo
from batchtui.core.session import Session
from batchtui.core.specs import JobSpec
from batchtui.ui.app import BatchApp
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.connecting import ConnectingScreen
from batchtui.ui.screens.help import HelpScreen
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.recipes import RecipesScreen
from batchtui.ui.screens.welcome import WelcomeScreen
from tests.fakes import FakeAccount, refused, unreachable
from tests.ui.conftest import TestedApp, settled, text_of, until


class ClosingApp(TestedApp):
    """Looks who asks the account when it is closed."""

    __test__ = False
    asked_at_the_end: set[str] | None = None

    def asking(self) -> set[str]:
        return {worker.name for worker in self.workers if worker.is_running} - {"open_account"}

    def _session(
        self, profile: str | None, tell: Callable[[str], None]
    ) -> AbstractAsyncContextManager[Session]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[Session]:
            async with TestedApp._session(self, profile, tell) as session:
                yield session
                self.asked_at_the_end = self.asking()

        return opened()


class Endless:
    """A run that goes on until it is cancelled."""

    def __init__(self) -> None:
        self.cancelled = False
        self.told: Callable[[], None] = lambda: None

    noun = "run"
    abandoned = "It ends."

    @property
    def caption(self) -> str:
        return "topnwords 3/5"

    async def carry_out(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled = True


async def test_it_opens_the_account_and_closes_it_again(app: TestedApp) -> None:
    async with app.run_test() as pilot:
        await settled(pilot, app)
        assert app.screen is app.dashboard
        await pilot.press("q")
        await until(lambda: app.closed)
    assert app.return_value == 0


async def test_without_a_profile_one_key_opens_the_local_account(account: FakeAccount) -> None:
    app = TestedApp(account, profile=None, offer_local=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, WelcomeScreen))
        assert not account.calls.made
        await pilot.press("l")
        await settled(pilot, app)
    assert app.opened == ["local"]


async def test_enter_takes_the_offer_too(account: FakeAccount) -> None:
    app = TestedApp(account, profile=None, offer_local=True)
    async with app.run_test() as pilot:
        await until(lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot, app)


async def test_a_failure_is_said_in_full_and_can_be_tried_again(
    app: TestedApp, account: FakeAccount
) -> None:
    sentence = "Could not list the pools: the key is wrong. Set AZURE_BATCH_ACCESS_KEY."
    account.calls.fail("pools", refused(sentence, status=403))
    async with app.run_test() as pilot:
        await until(lambda: isinstance(app.screen, ConnectingScreen) and app.screen.failure)
        await pilot.pause()
        assert not app.screen.query_one("#again").display
        shown = text_of(app.screen.query_one("#failure"))
        assert " ".join(shown.split()) == sentence
        assert "config.toml" in "".join(text_of(app.screen.query_one("#hint")).split())
        assert app.closed
        await pilot.press("r")
        await settled(pilot, app)
    assert app.opened == ["work", "work"]


async def test_an_account_that_does_not_answer_is_asked_again(
    app: TestedApp, account: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BatchApp, "FIRST_PAUSE", 0.05)
    account.calls.fail("pools", refused("Could not list pools: the server is busy", status=503))
    account.calls.fail("pools", unreachable(), times=2)
    seen = []

    def noted() -> bool:
        if isinstance(app.screen, ConnectingScreen) and app.screen.failure:
            seen.append(app.screen.failure)
        return app.dashboard is not None

    async with app.run_test() as pilot:
        await until(noted)
        await settled(pilot, app)
    assert "Could not list pools: the server is busy" in seen
    assert app.opened == ["work"], "the session is kept"


async def test_what_is_waited_for_can_be_tried_at_once_with_other_settings(
    app: TestedApp, account: FakeAccount
) -> None:
    account.calls.fail("pools", unreachable())
    async with app.run_test() as pilot:
        await until(lambda: isinstance(app.screen, ConnectingScreen) and app.screen.failure)
        await pilot.pause()
        assert "Trying again in" in text_of(app.screen.query_one("#again"))
        await pilot.press("r")
        await settled(pilot, app)
    assert app.opened == ["work", "work"]


async def test_giving_up_on_an_account_is_exit_code_three(
    app: TestedApp, account: FakeAccount
) -> None:
    account.calls.down(unreachable())
    async with app.run_test() as pilot:
        await until(lambda: isinstance(app.screen, ConnectingScreen) and app.screen.failure)
        await pilot.press("q")
    assert app.return_value == 3


async def test_quitting_asks_while_a_run_is_under_way(app: TestedApp) -> None:
    run = Endless()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        app.runs.start(run)
        await until(lambda: "topnwords 3/5" in text_of(app.panes.header))
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("enter")
        await until(lambda: app.screen is app.dashboard)
        assert not run.cancelled
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(lambda: app.closed)
    assert run.cancelled
    assert app.return_value == 0


async def test_help_is_about_the_pane_in_use(app: TestedApp) -> None:
    async with app.run_test(size=(100, 50)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "question_mark")
        await until(lambda: isinstance(app.screen, HelpScreen))
        await pilot.pause()
        keys = text_of(app.screen.query_one("#keys"))
        assert "jobs of the account" in text_of(app.screen.query_one("#text"))
        for line in ("n  New  Create a job", "d  Delete  Delete the job, or the marked ones"):
            assert line.split() in [shown.split() for shown in keys.splitlines()]
        await pilot.press("escape")
        await until(lambda: app.screen is app.dashboard)


@pytest.mark.parametrize("name", ["Go to", "Requests", "Back"])
async def test_the_palette_finds_what_goes_elsewhere(app: TestedApp, name: str) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("ctrl+p")
        await until(lambda: app.screen is not app.dashboard)
        await pilot.press(*name.lower().replace(" ", ""))
        options = app.screen.query("OptionList").first(OptionList)
        await until(
            lambda: any(str(option.prompt).startswith(name) for option in options.options),
            what="the command is found",
        )


async def test_the_palette_knows_every_live_command(app: TestedApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("3")
        described = {
            active.binding.description
            for active in app.panes.active_bindings.values()
            if active.tooltip and active.enabled and not active.binding.system
        }
        assert {"New", "Run", "Quit", "Zoom", "Refresh", "Help"} <= described
        await pilot.press("ctrl+p")
        await until(lambda: app.screen is not app.dashboard)
        assert not app.screen.query_one("SearchIcon").display
        await pilot.press(*"refresh")
        await until(
            lambda: app.screen.query("OptionList").first(OptionList).option_count,
            what="a command is found",
        )
        before = len(app.account.calls.made)
        await pilot.press("enter", "enter")
        await until(lambda: len(app.account.calls.made) > before, what="everything is refreshed")


async def test_s_offers_the_recipes(app: TestedApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, RecipesScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is app.dashboard)


async def test_leaving_from_another_screen_lets_nobody_ask_a_closed_account(
    account: FakeAccount,
) -> None:
    await account.batch.create_job(JobSpec(id="a", pool_info=PoolInfo("p")))
    app = ClosingApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "J")
        await until(lambda: isinstance(app.screen, JobScreen))
        assert "course" in app.asking()
        await pilot.press("ctrl+q", "r", "f", "o")
        await until(lambda: app.closed)
    assert app.asked_at_the_end == set()
    assert app.return_value == 0
