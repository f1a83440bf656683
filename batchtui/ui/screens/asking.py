"""The questions of a run, put where the user is."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App

from batchtui.core.run.cleanup import Question
from batchtui.ui.recipe_run import RecipeRun
from batchtui.ui.screens.confirm import ConfirmScreen


async def at_once() -> bool:
    """The moment is always right."""
    return True


def put_question(
    app: App[Any], run: RecipeRun, right_moment: Callable[[], Awaitable[bool]] = at_once
) -> None:
    """Ask what the run wants to be told, unless that is being asked already.

    `right_moment` waits for one, and says whether there still is any.
    """
    if run.question is not None and not run.being_asked:
        run.being_asked = True
        app.run_worker(_ask(app, run, run.question, right_moment))


async def _ask(
    app: App[Any], run: RecipeRun, question: Question, right_moment: Callable[[], Awaitable[bool]]
) -> None:
    if not await right_moment() or run.question is not question:
        run.being_asked = False
        run.told()
        return
    try:
        yes = await app.push_screen_wait(
            ConfirmScreen(
                question.sentence,
                consequences=await run.losses(),
                yes="Delete",
                no="Keep",
                title=f"The run of {run.plan.recipe.name} asks",
            )
        )
    finally:
        run.being_asked = False
    run.answer(yes)
