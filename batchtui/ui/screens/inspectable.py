"""Screens about one thing, of which there is more to know."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from batchtui.core.shelves import HOLDING
from batchtui.core.things import Thing
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.screens.following import FollowingScreen


class LookWanted(Message):
    """The user wants to see everything that is known of a thing."""

    def __init__(self, thing: Thing) -> None:
        self.thing = thing
        super().__init__()


class FilesWanted(Message):
    """The user wants to look through the files of a thing: `begin` is the path to read first."""

    def __init__(self, thing: Thing, begin: str = "") -> None:
        self.thing = thing
        self.begin = begin
        super().__init__()


class InspectableScreen(FollowingScreen):
    """Asks for everything that is known of its thing, and for the thing's files."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "inspect", "Inspect", show=False, tooltip="Everything that is known of this",
                id="inspect.this"),
        Binding("b", "files", "Files", show=False, tooltip="Look through the files of this",
                id="files.this"),
    ]  # fmt: skip

    @property
    def thing(self) -> Thing | None:
        """What the screen is about at this moment; None where it is about nothing.

        Unless a screen knows better, it is the record under the cursor of the pane in use.
        """
        above = self.focused.ancestors if self.focused else ()
        pane = next((node for node in above if isinstance(node, TablePane)), None)
        if pane is None or pane.highlighted is None:
            return None
        return pane.thing(pane.highlighted)

    @property
    def begin(self) -> str:
        """The path of the file to read first, of those of the thing; empty for none of them."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("inspect", "files"):
            thing = self.thing
            holding = thing is not None and (action == "inspect" or thing.kind in HOLDING)
            return True if holding else None
        return super().check_action(action, parameters)

    def action_inspect(self) -> None:
        if (thing := self.thing) is not None:
            self.look_at(thing)

    def action_files(self) -> None:
        if (thing := self.thing) is not None:
            self.post_message(FilesWanted(thing, self.begin))

    def look_at(self, thing: Thing) -> None:
        self.post_message(LookWanted(thing))
