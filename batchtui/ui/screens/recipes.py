"""Which recipe to run, or which run to look at again."""

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from batchtui import paths
from batchtui.core.events import now
from batchtui.core.plan import Plan
from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.parameters import ParameterError
from batchtui.ui.recipe_run import RecipeRun, Workshop, planned
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.screens.recipe_form import RecipeFormScreen, in_lines
from batchtui.ui.screens.run import RunScreen, launch
from batchtui.ui.widgets.event_words import headline
from batchtui.ui.widgets.form_paths import PathField
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import Tone, content


class Offers(OptionList):
    """The list of what can be run or looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]


class RecipesScreen(Dialog[None]):
    """The runs of this session, the recipes that came along, and a field for any other."""

    CSS_PATH = "recipes.tcss"
    AUTO_FOCUS = "Offers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Back to the dashboard", id="recipes.leave"),
    ]

    def __init__(self, workshop: Workshop) -> None:
        super().__init__()
        self._workshop = workshop
        self._choices: list[RecipeRun | Plan] = []
        """What each option of the list stands for, in its order."""

    def compose(self) -> ComposeResult:
        with Vertical(id="recipes") as box:
            set_title(box, "Run a recipe")
            set_subtitle(box, "enter choose · escape back")
            yield Offers(id="offers", compact=True)
            yield PathField(
                "Another recipe", id="path",
                note="a recipe.toml or its folder; the right arrow completes",
            )  # fmt: skip
            yield PlainText(id="verdict")

    async def on_mount(self) -> None:
        offers = self.query_one(Offers)
        for run in self._workshop.runs.all:
            if isinstance(run, RecipeRun):
                self._choices.append(run)
                offers.add_option(_run_prompt(run))
        if self._choices:
            offers.add_option(None)
        for folder in paths.recipe_folders():
            await self._offer(folder, offers)
        offers.highlighted = 0

    async def _offer(self, folder: Path, offers: Offers) -> None:
        try:
            plan = await planned(folder, {})
        except RecipeError as error:
            self._say(in_lines(error))
            return
        self._choices.append(plan)
        offers.add_option(_recipe_prompt(plan))

    def action_leave(self) -> None:
        self.dismiss()

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        chosen = self._choices[message.option_index]
        if isinstance(chosen, RecipeRun):
            below = self.app.screen_stack[-2]
            if not (isinstance(below, RunScreen) and below.run_shown is chosen):
                self.app.call_later(self.app.push_screen, RunScreen(self._workshop.runs, chosen))
            self.dismiss()
        else:
            self._open(chosen)

    @on(Input.Submitted)
    @work(exclusive=True)
    async def open_path(self) -> None:
        try:
            plan = await planned(self.query_one("#path", PathField).path, {})
        except RecipeError as error:
            self._say(in_lines(error))
        except ParameterError as error:
            self._say(str(error))
        else:
            self._say("")
            self._open(plan)

    @work
    async def _open(self, plan: Plan) -> None:
        ready = await self.app.push_screen_wait(RecipeFormScreen(self._workshop, plan))
        if ready is not None:
            run = self._workshop.run(ready.plan, ready.output, ready.rule)
            self.app.call_later(launch, self.app, self._workshop.runs, run)
            self.dismiss()

    def _say(self, sentences: str) -> None:
        self.query_one("#verdict", Static).update(sentences)


def _run_prompt(run: RecipeRun) -> Content:
    """How the run is doing; of one under way, how far it is, too."""
    story = run.story
    far = "" if story.ending else story.caption.removeprefix(story.title)
    return content((*headline(story, now()), (f"  {far}", Tone.MUTED)))


def _recipe_prompt(plan: Plan) -> Content:
    return content(
        (
            (f"{plan.recipe.name:<14}", Tone.STRONG),
            (plan.recipe.summary or str(plan.file), Tone.MUTED),
        )
    )
