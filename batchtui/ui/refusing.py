"""An app that says so where a key would change an account that is read-only."""

from textual import events
from textual.app import App

from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.widgets.changes import changes


class RefusingApp(App[int]):
    """Such commands are on no list here; whoever knows their keys is told why nothing happens."""

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
        if not self.refusal:
            return
        # Not `active_bindings`: what is refused is not among them.
        for _, bindings in self.screen._modal_binding_chain:
            for binding in bindings.key_to_bindings.get(event.key, ()):
                if changes(binding) and event.key not in self.screen.active_bindings:
                    self.notify(self.refusal, title=binding.description, markup=False)
                    event.stop()
                    return
