"""A run as it goes on. Leaving the screen leaves the run alone."""

from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from batchtui.core.events import now
from batchtui.ui.recipe_run import RecipeRun
from batchtui.ui.runs import Runs, is_watched
from batchtui.ui.screens.asking import put_question
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.event_steps import StepList
from batchtui.ui.widgets.event_story import Story
from batchtui.ui.widgets.event_words import conclusion, headline, log_lines, troubles
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_title
from batchtui.ui.widgets.tones import Spans, content


class RunScreen(Screen[None], Contained):
    """Shows a run's story, and puts its questions while it is on top."""

    CSS_PATH = "run.tcss"
    AUTO_FOCUS = "#log"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]  # noqa: RUF012
    HELP = """
    ## A run

    The steps of a recipe as they are carried out. Leave with escape: the run goes on, and the
    status bar says how far it is. A run that is cancelled deletes nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace,q", "leave", "Back", tooltip="Leave; the run goes on", id="run.leave"
        ),
        Binding("t", "cancel", "Cancel run", tooltip="End the run now", id="run.cancel"),
    ]

    story: var[Story | None] = var(None, bindings=True)
    now: var[datetime] = var(now)

    def __init__(self, runs: Runs, run: RecipeRun) -> None:
        super().__init__()
        self.run_shown = run
        self._runs = runs
        self._drawn: dict[str, tuple[Spans, ...]] = {}
        self.set_reactive(RunScreen.story, run.story)

    def compose(self) -> ComposeResult:
        yield PlainText(id="headline")
        with Container(id="panels"):
            with Vertical(id="doing"):
                with Vertical(id="steps") as steps:
                    set_title(steps, self.run_shown.plan.recipe.summary or "Steps")
                    yield StepList().data_bind(RunScreen.story, RunScreen.now)
                with VerticalScroll(id="conclusion", can_focus=False) as box:
                    set_title(box, "Result")
                    yield PlainText()
                with VerticalScroll(id="troubles") as box:
                    set_title(box, "What went wrong")
                    yield PlainText()
            with VerticalScroll(id="log") as box:
                set_title(box, "Log")
                yield PlainText()
        yield KeyBar()

    def on_mount(self) -> None:
        self._stop = self._runs.subscribe(self.take)
        # It follows its end until somebody scrolls up.
        self.query_one("#log").anchor()
        self.set_interval(0.5, self.tick)
        # A run that is refused at once has ended before there was a screen to show it.
        self._show(self.run_shown.story)
        self.take()

    def on_unmount(self) -> None:
        self._stop()

    def on_screen_resume(self) -> None:
        self.put_question()

    def take(self) -> None:
        """Show what has happened by now."""
        self.story = self.run_shown.story
        self.put_question()

    def tick(self) -> None:
        self.now = now()

    def watch_now(self) -> None:
        self._head()

    def watch_story(self, story: Story) -> None:
        if self.is_mounted:
            self._show(story)

    def _show(self, story: Story) -> None:
        self._head()
        for id_, lines in (
            ("#conclusion", conclusion(story)),
            ("#troubles", troubles(story)),
            ("#log", log_lines(story)),
        ):
            if self._drawn.get(id_) == lines:
                continue
            self._drawn[id_] = lines
            box = self.query_one(id_)
            box.display = bool(lines)
            box.query_one(Static).update(Content("\n").join(content(line) for line in lines))

    def _head(self) -> None:
        if self.is_mounted and self.story is not None:
            self.query_one("#headline", Static).update(content(headline(self.story, self.now)))

    def put_question(self) -> None:
        """Ask what the run asks, unless something else is on top; then it is asked later."""
        if self.is_current:
            put_question(self.app, self.run_shown)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        ended = self.story is not None and self.story.ending is not None
        return not (action == "cancel" and ended)

    def action_leave(self) -> None:
        self.dismiss()

    @work
    async def action_cancel(self) -> None:
        name = self.run_shown.plan.recipe.name
        question = ConfirmScreen(
            f"Cancel the run of {name}?",
            consequences=(
                "What it has created so far stays, and so do the tasks that run.",
                f"`batchtui wait {self.run_shown.plan.run_id}` goes on with it later, "
                f"`batchtui clean {self.run_shown.plan.run_id}` deletes all of it.",
            ),
            yes="Cancel the run",
            no="Go on",
            title="Cancel",
        )
        if await self.app.push_screen_wait(question):
            await self._runs.cancel(self.run_shown)


class Herald:
    """Tells of a run's questions and of its end while nobody looks at it."""

    def __init__(self, app: App[object], runs: Runs, run: RecipeRun) -> None:
        self._app = app
        self._run = run
        self._asked = False
        self._stop = runs.subscribe(self.tell)

    def tell(self) -> None:
        asks, ending = self._run.question, self._run.story.ending
        name = self._run.plan.recipe.name
        unseen = not is_watched(self._app, self._run) and not self._run.being_asked
        if asks is None:
            self._asked = False
        elif not self._asked and unseen:
            self._asked = True
            sentence = f"{asks.sentence} Go to the dashboard to answer, or open the run with s."
            self._app.notify(sentence, title=f"{name} asks", markup=False, timeout=15)
        if ending is not None:
            self._stop()
            if not is_watched(self._app, self._run):
                story = self._run.story
                said = (headline(story, ending.at)[1:], *conclusion(story))
                lines = (" ".join("".join(text for text, _ in line).split()) for line in said)
                self._app.notify(
                    "\n".join(lines),
                    title=name,
                    severity="information" if self._run.story.succeeded else "error",
                    markup=False,
                )


def launch(app: App[object], runs: Runs, run: RecipeRun) -> None:
    """Start a run, and show it."""
    Herald(app, runs, run)
    runs.start(run)
    app.push_screen(RunScreen(runs, run))
