"""Dialogs in which one writes more than a line."""

from typing import Generic, TypeVar

from textual import work
from textual.widgets import TextArea

from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.dialog import Dialog

T = TypeVar("T")


class WritingScreen(Dialog[T], Generic[T]):
    """Does not throw away unasked what was written."""

    AUTO_FOCUS = "TextArea"

    @property
    def nothing(self) -> T:
        """What the screen is dismissed with when nothing is to come of it."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self._at_first = self.query_one(TextArea).text

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        if self.query_one(TextArea).text == self._at_first or await self._given_up():
            self.dismiss(self.nothing)

    async def _given_up(self) -> bool:
        question = ConfirmScreen(
            "Throw away what you wrote?",
            consequences=("It is kept nowhere.",),
            yes="Throw away",
            no="Go on",
            title="Cancel",
        )
        return await self.app.push_screen_wait(question)
