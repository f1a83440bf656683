"""Screens about one thing, of which there is more to know."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from batchtui.core.things import Thing
from batchtui.ui.screens.following import FollowingScreen
from batchtui.ui.screens.inspect import InspectScreen


class InspectableScreen(FollowingScreen):
    """Opens everything that is known of its thing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "inspect", "Inspect", show=False, tooltip="Everything that is known of this",
                id="inspect.this"),
    ]  # fmt: skip

    @property
    def thing(self) -> Thing | None:
        """What the screen is about at this moment; None where it is about nothing."""
        raise NotImplementedError

    def action_inspect(self) -> None:
        if (thing := self.thing) is not None:
            self.look_at(thing)

    def look_at(self, thing: Thing) -> None:
        self.app.push_screen(InspectScreen(self.controller, thing, clock=self.clock))
