"""The application object: the account it is open on, its themes and commands."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from textual import on, work
from textual._styles_cache import StylesCache
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.worker import Worker, WorkerCancelled, WorkerFailed, get_current_worker

from batchtui import paths
from batchtui.core.controller import Controller
from batchtui.core.feed import Feed
from batchtui.core.feeds import Feeds
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Ledger
from batchtui.core.profile import ConfigError
from batchtui.core.service_clock import ServiceClock
from batchtui.core.session import Session
from batchtui.core.watch import Callings
from batchtui.ui import theme
from batchtui.ui.acting import ActingApp
from batchtui.ui.answering import AnsweringApp
from batchtui.ui.background import BackgroundApp
from batchtui.ui.commands import BindingsProvider
from batchtui.ui.comparing import ComparingApp
from batchtui.ui.going import GoingApp
from batchtui.ui.helping import HelpingApp
from batchtui.ui.keeping import KeepingApp
from batchtui.ui.opening import OpeningApp
from batchtui.ui.pausing import PausingApp
from batchtui.ui.readable import readable
from batchtui.ui.recipe_run import Workshop
from batchtui.ui.rekeying import RekeyingApp
from batchtui.ui.running import RunningApp
from batchtui.ui.screens.connecting import ConnectingScreen
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.welcome import WelcomeScreen
from batchtui.ui.telling import TellingApp
from batchtui.ui.terminal.driver import TerminalDriver, TerminalGone
from batchtui.ui.watching import WatchingApp
from batchtui.ui.widgets import narrow

OpenSession = Callable[[str | None, Callable[[str], None]], AbstractAsyncContextManager[Session]]
"""Opens the account of a profile (None: of the one that the settings choose), telling each step.

Raises `GatewayError` or `ConfigError`, a sentence, when that fails; anything else is a bug."""

NO_KEYS: Mapping[str, str] = MappingProxyType({})

STYLE_SHEETS = 512
"""More than there are, of screens and of kinds of widgets."""

UNREACHABLE = 3
"""The exit code when no account could be opened."""
HUNG_UP = 129
"""The exit code when the terminal was closed, as after SIGHUP."""
CRASHED = 70
"""The exit code after a bug."""

log = logging.getLogger(__name__)


def is_too_late(error: Exception) -> bool:
    """Whether a worker of a screen that is being closed has looked for a widget of it.

    Textual takes the widgets away before it cancels the screen's workers, its own palette's too.
    """
    if not isinstance(error, WorkerFailed) or not isinstance(error.error, NoMatches):
        return False
    node = get_current_worker().node
    return node._closing or node._closed or node._pruning


def log_bug(error: BaseException) -> str:
    """Keep what is known of a bug where nothing else does."""
    log.critical("A bug.", exc_info=error)
    return "batchtui stopped because of a bug; the log has it."


class BatchApp(
    HelpingApp,
    AnsweringApp,
    TellingApp,
    RunningApp,
    ActingApp,
    BackgroundApp,
    GoingApp,
    WatchingApp,
    ComparingApp,
    OpeningApp,
    PausingApp,
    RekeyingApp,
    KeepingApp,
):
    """Opens a session, shows it on a dashboard, and closes it again at the end."""

    TITLE = "batchtui"
    # All screens' at the start: whatever is read later costs the key that opens the screen 60 ms.
    CSS_PATH: ClassVar = sorted(Path(__file__).parent.joinpath("screens").glob("*.tcss"))
    COMMANDS: ClassVar = {BindingsProvider}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    # That icon is an emoji, whose width terminals do not agree upon. News are low, so that they
    # hide little, and above the answers of a dialog.
    CSS = """
    CommandPalette SearchIcon { display: none; }
    Toast { max-width: 100%; padding: 0 1; margin-top: 0; }
    ModalScreen ToastRack { dock: top; align: right top; margin-bottom: 0; }
    """
    EVERY = 2.0
    """Seconds between two looks at what changes fastest in a local account; in one that is far
    away it is twice that, for it counts requests."""

    GRACE = 10.0
    """Seconds for the account to close after the program was told to end."""
    FIRST_PAUSE = 2.0
    """Seconds until an account that does not answer is asked again; it doubles each time."""

    TIDY = 10.0
    """Seconds between two times of letting go of what closed screens left behind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", tooltip="Leave batchtui", id="quit"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False,
                tooltip="Go to the shell; fg comes back", id="suspend"),
        Binding("ctrl+p", "command_palette", "Palette", show=False, system=True),
        Binding("T", "change_theme", "Theme", show=False, tooltip="Choose colours", id="theme"),
        Binding("f12", "screenshot", "Screenshot", show=False, tooltip="Save a picture as SVG",
                id="screenshot"),
    ]  # fmt: skip

    def __init__(
        self,
        open_session: OpenSession,
        *,
        profile: str | None,
        offer_local: bool = False,
        start: Path | None = None,
        keymap: Mapping[str, str] = NO_KEYS,
        callings: Callings = WatchingApp.callings,
        report: Callable[[BaseException], str] = log_bug,
    ) -> None:
        """`offer_local`: ask first whether to open the local account. `start`: a recipe's folder,
        run as soon as the account is open. `keymap`: other keys for commands, by their names.
        `callings`: how to be told of news outside of the screen. `report`: keeps what is known of
        a bug, and answers a sentence about it."""
        super().__init__()
        narrow.mend()
        # Textual keeps 64 of them parsed: with more it parses all anew whenever a kind of widget is
        # shown for the first time, which takes 25 ms for each kind.
        self.stylesheet._parse_cache.grow(STYLE_SHEETS)
        self.callings = callings
        self.animation_level = "none"
        self.dashboard: DashboardScreen | None = None
        self._open_session = open_session
        self._profile = profile
        self._offer_local = offer_local
        self._start = start
        self._rekeyed = keymap
        self._connecting = ConnectingScreen()
        self._service_clock = ServiceClock()
        self._report = report
        self._account: Worker[None] | None = None
        self.last_words = ""
        """What to say once the terminal is as before; empty for nothing."""
        self.crashed = False
        """Whether a bug ended the app: `last_words` are about it."""
        self.told_to_end = 0
        """The exit code that the program was told to end with; 0 while it was not."""
        self._leaving = asyncio.Event()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.FALLBACK

    def get_css_variables(self) -> dict[str, str]:
        variables = super().get_css_variables()
        if self.theme not in theme.OURS:
            variables |= readable(variables)
            self.theme_variables = variables
        return variables

    async def on_mount(self) -> None:
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        self.set_interval(self.TIDY, self.tidy)
        await self.load_choices(theme.DARK.name)
        self.begin_telling()
        self.begin_runs()
        self.rekey(self._rekeyed)
        if isinstance(self._driver, TerminalDriver) and self._driver.plain_because:
            self.notify(
                self._driver.plain_because, title="Terminal", severity="warning", timeout=20
            )
        self._account = self.open_account()

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        # Another one was chosen by TEXTUAL_DRIVER, or by the system.
        return TerminalDriver if chosen is LinuxDriver else chosen

    def _handle_exception(self, error: Exception) -> None:
        """Report a bug and close the app. Textual would print it with all variables' values."""
        if is_too_late(error):
            log.info("Work of a closed screen came too late: %s", error)
            return
        self._return_code = CRASHED
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            cause = error.error if isinstance(error, WorkerFailed) else error
            self.crashed, self.last_words = True, self._report(cause)
        self._close_messages_no_wait()

    def end(self, code: int) -> None:
        """Leave with that exit code and without a question; at once if told so again."""
        if self.told_to_end or self.dashboard is None:
            self.exit(code)
        else:
            self.set_timer(self.GRACE, lambda: self.exit(code))
        self.told_to_end = self.told_to_end or code
        self._leaving.set()

    @on(TerminalGone)
    def end_without_terminal(self) -> None:
        self.end(HUNG_UP)

    async def account_closed(self) -> None:
        """Wait until the account is closed, whatever ended the app; its terminal is as before."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.stop_application_mode()
            self._driver.close()
        if self._account is not None:
            with suppress(WorkerFailed, WorkerCancelled):
                await self._account.wait()

    def tidy(self) -> None:
        """Let go of all that closed screens had drawn, which a cache of Textual's keeps.

        It takes memory and, at each search for garbage, a tenth of a second
        (https://github.com/Textualize/textual/issues/6665).
        """
        StylesCache.get_inner_outer.cache_clear()

    def now(self) -> datetime:
        """The service's time of day, against which ages are counted."""
        return self._service_clock.now()

    def ledger(self) -> Ledger:
        """Where runs are remembered."""
        return Ledger(paths.runs_dir())

    @work(exclusive=True, group="account")
    async def open_account(self) -> None:
        """Open the account, and keep it open until the user leaves."""
        if self._offer_local:
            await self.push_screen_wait(WelcomeScreen())
            self._offer_local, self._profile = False, "local"
        if self.screen is not self._connecting:
            await self.push_screen(self._connecting)
        try:
            async with self._open_session(self._profile, self._connecting.say) as session:
                await self._live(session)
        except (GatewayError, ConfigError) as error:
            if self._leaving.is_set():
                self.last_words = str(error)
                self.exit(self.told_to_end or UNREACHABLE)
            self._connecting.failure = str(error)
        else:
            self.exit(self.told_to_end)

    async def _live(self, session: Session) -> None:
        """Show the account until the user leaves it."""
        self._service_clock = session.traffic.service_clock
        every = self.EVERY if session.local else 2 * self.EVERY
        feeds = Feeds(session.gateway, session.traffic, every=every, now=self.now)
        await self._look_until_it_answers(feeds.pools)
        controller = Controller(session.gateway, feeds, read_only=session.read_only)
        self.dashboard = DashboardScreen(session, controller, clock=self.now)
        self.begin_watch(feeds)
        polling = asyncio.create_task(feeds.run(), name="feeds")
        leaving = asyncio.create_task(self._leaving.wait(), name="leaving")
        self.workshop = Workshop(self.runs, session, controller, self.ledger(), self._profile)
        await self.switch_screen(self.dashboard)
        if self._start is not None:
            await self.run_at_once(self.workshop, self._start)
        try:
            await asyncio.wait((polling, leaving), return_when=asyncio.FIRST_COMPLETED)
            if polling.done():
                polling.result()
            await self.runs.cancel_all()
            await self._let_go()
        finally:
            for task in (polling, leaving):
                task.cancel()
            await asyncio.gather(polling, leaving, return_exceptions=True)

    async def _look_until_it_answers(self, feed: Feed[Any]) -> None:
        """Look again and again while the trouble may pass, and say so.

        Raises the `GatewayError` that does not pass, or the last one when the user leaves.
        """
        pause = self.FIRST_PAUSE
        while not await feed.poll():
            if feed.failure is None or not feed.failure.transient or self._leaving.is_set():
                raise feed.failure or GatewayError(feed.reading.error)
            self._connecting.wait(str(feed.failure), pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), pause)
            pause = min(2 * pause, Feed.AT_MOST)
        self._connecting.failure = ""

    async def _let_go(self) -> None:
        """Have nobody ask the account for anything more, on whatever screen: it is to be closed."""
        self.dashboard = None
        await self.push_screen(ConnectingScreen("Closing the account…"))
        others = [worker for worker in self.workers if worker is not get_current_worker()]
        for worker in others:
            worker.cancel()
        await asyncio.gather(*(worker.wait() for worker in others), return_exceptions=True)

    @on(ConnectingScreen.RetryRequested)
    def try_again(self) -> None:
        self._account = self.open_account()

    async def action_quit(self) -> None:
        """Leave, but ask first while a run is under way."""
        self.leave()

    @work(exclusive=True, group="leave")
    async def leave(self) -> None:
        if not await self.may_leave():
            return
        if self.dashboard is None:
            self.exit(UNREACHABLE if self._connecting.failure else 0)
        self._leaving.set()
