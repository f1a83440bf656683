"""An app that says of everything what it is, and which keys it has."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from batchtui.ui.panes.pane import Pane
from batchtui.ui.refusing import RefusingApp
from batchtui.ui.screens.help import HelpScreen


class HelpingApp(RefusingApp):
    """Explains the pane in use, or the screen where there is no pane."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", tooltip="Say what this is, and its keys",
                id="help"),
    ]  # fmt: skip

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "help":
            return self.dashboard is not None
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        if isinstance(self.screen, HelpScreen):
            return
        focused = self.screen.focused
        panes = (node for node in (focused.ancestors if focused else ()) if isinstance(node, Pane))
        pane = next(panes, None)
        text = pane.help_text if pane is not None else self.screen.HELP
        title = pane.NAME if pane is not None else self.TITLE
        bindings = tuple(self.screen.active_bindings.values())
        told = "\n\n".join(filter(None, (text, self.refusal)))
        self.push_screen(HelpScreen(title or "", told, bindings))
