"""An entity to be, as JSON."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, TextArea

from batchtui.core.clone import Veil
from batchtui.core.gateway import GatewayError
from batchtui.core.json_text import JsonError, read, written
from batchtui.core.things import Document
from batchtui.ui.screens.writing import WritingScreen
from batchtui.ui.widgets.form import Field, FormButtons
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.verdict import Verdict


class DocumentScreen(WritingScreen[str]):
    """Edits a request and sends it. Dismissed with the new entity's id; empty when cancelled.

    What the service says against it stays on the screen, so that it can be put right.
    """

    CSS_PATH = "document.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", tooltip="Leave without doing it", id="document.leave"),
        Binding("ctrl+s", "submit", "Create", tooltip="Create it", priority=True,
                id="document.create"),
    ]  # fmt: skip

    def __init__(
        self,
        heading: str,
        document: Document,
        create: Callable[[Document], Awaitable[None]],
        *,
        about: str = "",
        beside: Field | None = None,
    ) -> None:
        """`about` is a sentence on what is special here; `beside`, what else there is to choose.

        Secrets are hidden while one edits.
        """
        super().__init__()
        self._heading = heading
        self._veil = Veil()
        self._shown = self._veil.cover(document)
        self._hides = self._shown != document
        self._create = create
        self._about = about
        self._beside = beside

    def compose(self) -> ComposeResult:
        hidden = "What *** stands for is kept as it is." if self._hides else ""
        with Vertical(id="document") as box:
            set_title(box, self._heading)
            set_subtitle(box, "ctrl+s create · escape cancel")
            about = " ".join(filter(None, (self._about, hidden)))
            if about:
                yield PlainText(about, id="about")
            yield TextArea(written(self._shown), show_line_numbers=True)
            if self._beside is not None:
                yield self._beside
            yield Verdict()
            yield FormButtons("Create")

    @property
    def nothing(self) -> str:
        return ""

    @on(Button.Pressed, "#cancel")
    def take_cancel(self) -> None:
        self.action_leave()

    @on(Button.Pressed, "#submit")
    def take_submit(self) -> None:
        self.action_submit()

    @on(TextArea.Changed)
    def forget(self) -> None:
        self.query_one(Verdict).say("")

    @work(exclusive=True)
    async def action_submit(self) -> None:
        area, verdict = self.query_one(TextArea), self.query_one(Verdict)
        try:
            document = read(area.text)
        except JsonError as error:
            verdict.say(str(error), wrong=True)
            if error.line:
                area.cursor_location = (error.line - 1, error.column - 1)
            return
        name = document.get("id")
        if not isinstance(name, str) or not name:
            verdict.say('It needs an "id".', wrong=True)
            return
        verdict.say("Creating …")
        try:
            await self._create(self._veil.lift(document))
        except GatewayError as error:
            verdict.say(str(error), wrong=True)
        else:
            self.dismiss(name)
