"""The line in which one types where to go."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from batchtui.core.gateway import GatewayError
from batchtui.core.places import LookUp, Place, matching
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import clean

LOOK_UP = "look-up"
"""The option that has the service asked."""

HINT = "enter go · tab complete · escape cancel"


class GotoScreen(Dialog[Place | None]):
    """Shows while one types what that may mean. Dismissed with the place, None for none."""

    CSS_PATH = "goto.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", tooltip="Stay here", id="goto.leave"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("tab", "complete", "Complete", priority=True, id="goto.complete",
                tooltip="Type the highlighted name in full"),
    ]  # fmt: skip

    def __init__(
        self,
        places: Sequence[Place],
        beyond: Callable[[str], Place | None] = lambda _text: None,
        look_up: LookUp | None = None,
        fetch_more: Callable[[], Awaitable[Sequence[Place]]] | None = None,
    ) -> None:
        """`beyond` gives a place to look for what is typed where no known place is meant.

        `look_up` asks the service for nodes and tasks that are not known. `fetch_more` asks it once
        for places that no feed knows; both raise `GatewayError`.
        """
        super().__init__()
        self._places = places
        self._beyond = beyond
        self._look_up = look_up
        self._fetch_more = fetch_more
        self._found: Sequence[Place] = ()
        self._absent = ""
        """What was looked for and does not exist."""

    def compose(self) -> ComposeResult:
        with Vertical(id="goto") as box:
            set_title(box, "Go to")
            set_subtitle(box, HINT)
            hint = "a name, a kind and a name, or both names: job nightly, nightly/frame-1"
            yield Input(placeholder=hint, compact=True)
            options = OptionList(compact=True)
            options.can_focus = False
            yield options

    def on_mount(self) -> None:
        self._show("")
        if self._fetch_more is not None:
            self.add_more(self._fetch_more)

    @work(group="more")
    async def add_more(self, fetch: Callable[[], Awaitable[Sequence[Place]]]) -> None:
        """As work of this screen, it ends with it: nobody would see what comes later."""
        try:
            self.add(await fetch())
        except GatewayError as error:
            self.say(str(error))

    @on(Input.Changed)
    def search(self, message: Input.Changed) -> None:
        self._show(message.value)

    def add(self, places: Sequence[Place]) -> None:
        """Know these places too; the highlighted one stays so."""
        self._places = (*self._places, *places)
        if self.is_mounted and places:
            self._show(self.query_one(Input).value, keep=self._chosen)

    def say(self, words: str) -> None:
        """Say what is looked for, or why some places are not known."""
        set_subtitle(self.query_one("#goto"), words)

    def _show(self, text: str, *, keep: Place | None = None) -> None:
        self._found = matching(text, self._places)
        lines = [Option(_line(place)) for place in self._found]
        known = bool(self._found)
        if not known and (further := self._beyond(text)) is not None:
            self._found = (further,)
            lines = [Option(_search(further))]
        look_up = self._look_up
        if not known and look_up and look_up.reads(text) and text != self._absent:
            lines.append(Option(_look_up(text, look_up), id=LOOK_UP))
        if not lines:
            where = f" in {self._look_up.where(text)}" if self._look_up and self._absent else ""
            nothing = f"Nothing is called {clean(text.strip())}{where}."
            lines = [Option(Content.styled(nothing, "$text-muted"), disabled=True)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(lines)
        here = self._found.index(keep) if keep in self._found else 0
        options.highlighted = None if lines[0].disabled else here

    @property
    def _chosen(self) -> Place | None:
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._found) else self._found[index]

    @on(Input.Submitted)
    def go(self) -> None:
        option = self.query_one(OptionList).highlighted_option
        if option is not None and option.id == LOOK_UP:
            self.look_up()
        elif self._chosen is not None:
            self.dismiss(self._chosen)

    @on(OptionList.OptionSelected)
    def take(self, message: OptionList.OptionSelected) -> None:
        if message.option_id == LOOK_UP:
            self.look_up()
        else:
            self.dismiss(self._found[message.option_index])

    @work(exclusive=True)
    async def look_up(self) -> None:
        """Ask the service for the node or task that is typed; go there where it is the only one."""
        text = self.query_one(Input).value
        if self._look_up is None:
            return
        self.say(f"Looking for {text.strip()}…")
        try:
            found = await self._look_up.find(text)
        except GatewayError as error:
            self.say(str(error))
            return
        self.say(HINT)
        if self.query_one(Input).value != text:
            return
        if len(found) == 1:
            self.dismiss(found[0])
            return
        self._absent = "" if found else text
        self.add(found) if found else self._show(text)

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_complete(self) -> None:
        if self._chosen is not None:
            line = self.query_one(Input)
            line.value = str(self._chosen)
            line.cursor_position = len(line.value)

    def action_leave(self) -> None:
        self.dismiss(None)


def _look_up(text: str, look_up: LookUp) -> Content:
    return Content.assemble(
        (f"{'':<11}", "$text-muted"),
        ("look for ", "$text-muted"),
        clean(text.strip()),
        (f" in {look_up.where(text)}", "$text-muted"),
    )


def _search(place: Place) -> Content:
    return Content.assemble(
        (f"{place.kind:<11}", "$text-muted"),
        ("look for ", "$text-muted"),
        clean(place.id),
        (f" among all tasks of {clean(place.within)}", "$text-muted"),
    )


def _line(place: Place) -> Content:
    holder = f"  {place.within}" if place.within else ""
    return Content.assemble(
        (f"{place.kind:<11}", "$text-muted"),
        (clean(place.id) or "all", "" if place.id else "$text-muted"),
        (clean(holder), "$text-muted"),
    )
