"""An app that says why a key does nothing."""

from textual import events
from textual.app import App

from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.widgets.changes import changes

NOTHING = "There is nothing here to do that to."


class RefusingApp(App[int]):
    """Whoever presses the key of a command that is not possible now is told why not.

    Commands that would change an account that is read-only are on no list, but have keys too.
    """

    dashboard: DashboardScreen | None

    @property
    def refusal(self) -> str:
        """Why nothing can be changed, a sentence; empty where it can."""
        session = self.dashboard.session if self.dashboard is not None else None
        if session is None or not session.read_only:
            return ""
        return f"This account is read-only: {session.guard}."

    def on_key(self, event: events.Key) -> None:
        """Look at a key before its command is looked for, which a refused one has not."""
        active = self.screen.active_bindings.get(event.key)
        if active is not None and not active.enabled:
            self.notify(NOTHING, title=active.binding.description, markup=False)
            event.stop()
        if active is not None or not self.refusal:
            return
        # Not `active_bindings`: what is refused is not among them.
        for _, bindings in self.screen._modal_binding_chain:
            for binding in bindings.key_to_bindings.get(event.key, ()):
                if changes(binding):
                    self.notify(self.refusal, title=binding.description, markup=False)
                    event.stop()
                    return
