"""The questions of a run, put where the user is."""

from typing import Any

from textual.app import App

from batchtui.core.run.cleanup import Question
from batchtui.ui.recipe_run import RecipeRun
from batchtui.ui.screens.confirm import ConfirmScreen


def put_question(app: App[Any], run: RecipeRun) -> None:
    """Ask what the run wants to be told, unless that is being asked already."""
    if run.question is not None and not run.being_asked:
        run.being_asked = True
        app.run_worker(_ask(app, run, run.question))


async def _ask(app: App[Any], run: RecipeRun, question: Question) -> None:
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
