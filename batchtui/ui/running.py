"""An app that carries recipes out while one looks at other things."""

import asyncio
import time
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

from batchtui.core.recipe.faults import RecipeError
from batchtui.ui.recipe_run import RecipeRun, Workshop, planned
from batchtui.ui.runs import LiveRun, Runs
from batchtui.ui.screens.asking import put_question
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.pursuit import Pursuit
from batchtui.ui.screens.recipes import RecipesScreen
from batchtui.ui.screens.run import Herald


class RunningApp(App[int]):
    """Starts runs, has the dashboard follow them, and puts their questions on it."""

    QUIET: ClassVar[float] = 1.0
    """Seconds without a key after which a question may come that nobody asked for: before that,
    a key that was meant for something else might answer it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,R", "run_recipe", "Run", tooltip="Run a recipe", id="run"),
    ]

    dashboard: DashboardScreen | None

    def __init__(self) -> None:
        super().__init__()
        self.runs = Runs(self.run_worker)
        self.workshop: Workshop | None = None
        self._pursued: set[LiveRun] = set()
        self._pressed = 0.0

    def begin_runs(self) -> None:
        """Take part in every run from now on."""
        self.runs.subscribe(self._tell_runs)
        # Not everything that gets on tells of it, and what is asked waits until it can be put.
        self.set_interval(self.QUIET, self._tell_runs)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and self._at_leisure:
            self._pressed = time.monotonic()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run_recipe":
            return self.dashboard is not None and not self.dashboard.controller.read_only
        return super().check_action(action, parameters)

    def action_run_recipe(self) -> None:
        """Choose a recipe and run it, or look at a run of this session."""
        if self.workshop is not None:
            self.push_screen(RecipesScreen(self.workshop))

    async def run_at_once(self, workshop: Workshop, place: Path) -> None:
        """Run a recipe with its defaults while the dashboard is on the screen."""
        try:
            plan = await planned(place, {})
        except RecipeError as error:
            self.notify(str(error), title="Run", severity="error", markup=False)
            return
        name = plan.recipe.name
        run = workshop.run(plan, Path.cwd() / plan.folder)
        Herald(self.screen.app, self.runs, run)
        self.runs.start(run)
        self.notify(f"{name} is under way. Press s to see its steps.", title="Run", markup=False)

    def _tell_runs(self) -> None:
        if self.dashboard is None:
            return
        self.dashboard.running = self.runs.caption
        for run in self.runs.live:
            if isinstance(run, RecipeRun) and run not in self._pursued:
                self._pursued.add(run)
                Pursuit(self.dashboard, run)
        self._put_questions()

    def _put_questions(self) -> None:
        """Put what runs ask on the dashboard, where the user does nothing else."""
        for run in self.runs.live:
            if isinstance(run, RecipeRun) and self._at_leisure:
                put_question(self, run, self._quiet)

    async def _quiet(self) -> bool:
        """Let the quiet after the last key pass; whether no other key has broken it."""
        pressed = self._pressed
        await asyncio.sleep(pressed + self.QUIET - time.monotonic())
        return self._at_leisure and self._pressed == pressed

    @property
    def _at_leisure(self) -> bool:
        """Whether the dashboard has the keys, and none of its lines to type in."""
        typing = isinstance(self.focused, Input | TextArea)
        return bool(self.screen_stack) and self.screen is self.dashboard and not typing
