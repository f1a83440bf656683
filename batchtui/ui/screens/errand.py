"""An errand that is started, and shown until the user leaves it to itself."""

from typing import Any

from textual.app import App
from textual.screen import Screen

from batchtui.ui.runs import Errand, runs_of


async def see_through(app: App[Any], run: Errand, screen: Screen[bool]) -> bool:
    """Start it, and show it on that screen; returns what the screen is dismissed with.

    To be awaited in a worker: it waits for the user.
    """
    # At first the screen, so that nobody is told elsewhere of what stands on it.
    left = app.push_screen(screen, wait_for_dismiss=True)
    runs_of(app).start(run)
    fine = bool(await left)
    if run.running:
        sentence = "It goes on. Press B to see how far it is."
        app.notify(sentence, title=run.title, markup=False)
    return fine
