"""The menu of everything that can be done with what has the focus."""

from typing import ClassVar

from textual import work
from textual.binding import ActiveBinding, Binding, BindingType

from batchtui.ui.panes.pane import Pane
from batchtui.ui.panes.taking import TakingPane
from batchtui.ui.refusing import RefusingApp
from batchtui.ui.screens.actions import ActionsScreen
from batchtui.ui.widgets.chords import LEADER
from batchtui.ui.widgets.tones import clean

VIEWING = "table."
"""How the ids of those commands begin that only arrange what one sees."""


class ActingApp(RefusingApp):
    """Opens the menu and has the chosen command run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(LEADER, "actions", "Actions", tooltip="All that can be done with this",
                id="actions"),
    ]  # fmt: skip

    @property
    def commands_here(self) -> tuple[ActiveBinding, ...]:
        """The commands of the pane in use, and those of the screen that have no key."""
        return tuple(
            active
            for active in self.screen.active_bindings.values()
            if active.tooltip
            and not active.binding.system
            and not (active.binding.id or "").startswith(VIEWING)
            and (active.binding.key.startswith(f"{LEADER} ") or isinstance(active.node, Pane))
        )

    @property
    def pane_in_use(self) -> Pane | None:
        """The pane that has the focus, if any has it."""
        focused = self.screen.focused
        panes = (node for node in (focused.ancestors if focused else ()) if isinstance(node, Pane))
        return next(panes, None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "actions":
            # Not `commands_here`: that asks which bindings are active, this one included.
            chords = (
                isinstance(binding, Binding) and binding.key.startswith(f"{LEADER} ")
                for binding in self.screen.BINDINGS
            )
            return self.pane_in_use is not None or any(chords)
        return super().check_action(action, parameters)

    @work
    async def action_actions(self) -> None:
        pane = self.pane_in_use
        title = _heading(pane) if pane is not None else "Actions"
        screen = ActionsScreen(title, self.commands_here, left_out=self.refusal)
        chosen = await self.push_screen_wait(screen)
        if chosen is not None:
            await self.run_action(chosen.binding.action, chosen.node)


def _heading(pane: Pane) -> str:
    """The pane, and what its commands will be about."""
    names = pane.names if isinstance(pane, TakingPane) else ()
    about = names[0] if len(names) == 1 else f"{len(names):,} marked"
    return f"{pane.NAME} · {clean(about)}" if names else pane.NAME
