"""Every live key binding, for the command palette."""

from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType


class BindingsProvider(Provider):
    """`BINDINGS` is the only list of commands: footer, help and palette all read it."""

    async def discover(self) -> Hits:
        for active in self._described:
            name = active.binding.description
            yield DiscoveryHit(name, self._run(active), help=self._meaning(active))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for active in self._described:
            name = active.binding.description
            if (score := matcher.match(name)) > 0:
                shown = matcher.highlight(name)
                yield Hit(score, shown, self._run(active), help=self._meaning(active))

    @property
    def _described(self) -> list[ActiveBinding]:
        """One binding per command, without those that only move the cursor."""
        actions: dict[tuple[object, str], ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            if active.enabled and active.tooltip and not active.binding.system:
                actions.setdefault((active.node, active.binding.action), active)
        return list(actions.values())

    def _meaning(self, active: ActiveBinding) -> str:
        """What the command does, and the key that does it without the palette."""
        return f"{active.tooltip}   {self.app.get_key_display(active.binding)}"

    def _run(self, active: ActiveBinding) -> IgnoreReturnCallbackType:
        return partial(self.app.run_action, active.binding.action, active.node)
