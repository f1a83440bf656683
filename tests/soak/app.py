"""The dashboard in this process, on a terminal that nobody sees."""

from textual.geometry import Size

from batchtui.ui.app import BatchApp
from tests.bench.keys import Nowhere


class SoakedApp(BatchApp):
    """Leaves only when it is told to, since any key is pressed on it."""

    leaving = False

    async def action_quit(self) -> None:
        if self.leaving:
            await super().action_quit()

    def action_suspend_process(self) -> None:
        """Nobody would bring it back."""

    def resize(self, size: Size) -> None:
        """Have the terminal be of that size."""
        assert isinstance(self._driver, Nowhere)
        self._driver._size = size.width, size.height
