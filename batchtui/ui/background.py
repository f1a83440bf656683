"""An app that carries things out in the background, and lets go of none unasked."""

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from batchtui.core.wording import many
from batchtui.ui.bulk_run import BulkRun
from batchtui.ui.runs import Runs
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.bulks import BulksScreen
from batchtui.ui.screens.confirm import ConfirmScreen


class BackgroundApp(App[int]):
    """Brings the screens of orders to many things back, and asks before all ends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("B", "bulks", "Orders", show=False, id="bulks",
                tooltip="Go back to an order to many things, to see how far it is"),
    ]  # fmt: skip

    runs: Runs

    def action_bulks(self) -> None:
        """Show the order to many things; which, is asked where there is more than one."""
        bulks = [run for run in self.runs.all if isinstance(run, BulkRun)]
        if len(bulks) == 1:
            self.push_screen(BulkScreen(bulks[0]))
        elif bulks:
            self.push_screen(BulksScreen(bulks, self.runs), self._open)
        else:
            sentence = "No order to more than one thing was given since batchtui was opened."
            self.notify(sentence, title="Orders", markup=False)

    def _open(self, run: BulkRun | None) -> None:
        if run is not None:
            self.push_screen(BulkScreen(run))

    async def may_leave(self) -> bool:
        """Whether nothing goes on, or the user gives it up. To be awaited in a worker."""
        live = self.runs.live
        if not live:
            return True
        nouns = list(dict.fromkeys(run.noun for run in live))
        counted = [many(sum(run.noun == noun for run in live), noun) for noun in nouns]
        question = ConfirmScreen(
            f"Quit while {' and '.join(counted)} {'is' if len(live) == 1 else 'are'} under way?",
            consequences=(
                f"Under way: {self.runs.caption}.",
                *dict.fromkeys(run.abandoned for run in live),
            ),
            yes="Quit",
            title="Quit",
        )
        return await self.push_screen_wait(question)
