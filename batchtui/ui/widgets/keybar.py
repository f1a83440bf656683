"""The keys that work here, along the lower edge of the screen."""

from textual.screen import Screen
from textual.widgets import Footer

Told = tuple[tuple[str, str, str, bool, str], ...]


class KeyBar(Footer):
    """A footer that is made anew only when it would tell something else.

    Textual's makes all of its keys anew whenever any binding may have changed, which is at every
    move of a cursor; that takes longer than everything else that a key sets off.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._told: Told | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        told = tuple(
            (binding.key, binding.description, binding.action, enabled, tooltip)
            for _, binding, enabled, tooltip in screen.active_bindings.values()
            if binding.show
        )
        if told != self._told:
            super().bindings_changed(screen)
            if screen.app.app_focus:
                self._told = told
