"""Every live key binding, for the command palette."""

from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.types import IgnoreReturnCallbackType


class BindingsProvider(Provider):
    """`BINDINGS` is the only list of commands: footer, help and palette all read it."""

    async def discover(self) -> Hits:
        for active in self._described:
            name = Content(active.binding.description)
            yield DiscoveryHit(
                self._with_key(name, active), self._run(active), name.plain, active.tooltip
            )

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for active in self._described:
            name = active.binding.description
            if (score := matcher.match(name)) > 0:
                shown = self._with_key(matcher.highlight(name), active)
                yield Hit(score, shown, self._run(active), name, active.tooltip)

    @property
    def _described(self) -> list[ActiveBinding]:
        """One binding per command, without those that only move the cursor."""
        actions: dict[tuple[object, str], ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            if active.enabled and active.tooltip and not active.binding.system:
                actions.setdefault((active.node, active.binding.action), active)
        return list(actions.values())

    def _with_key(self, name: Content, active: ActiveBinding) -> Content:
        """The command, and beside it the key that does it without the palette."""
        return Content.assemble(name, "   ", (self.app.get_key_display(active.binding), "$primary"))

    def _run(self, active: ActiveBinding) -> IgnoreReturnCallbackType:
        return partial(self.app.run_action, active.binding.action, active.node)
