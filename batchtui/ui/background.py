"""An app that carries things out in the background, and lets go of none unasked."""

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from batchtui.core.wording import many
from batchtui.ui.bulk_run import BulkRun
from batchtui.ui.runs import Errand, Runs
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.bulks import BulksScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.transfer import TransferScreen
from batchtui.ui.transfer_run import TransferRun


class BackgroundApp(App[int]):
    """Brings back the screens of orders and transfers, and asks before all ends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("B", "bulks", "Orders", show=False, id="bulks",
                tooltip="Go back to an order to many things or a transfer, to see how far it is"),
    ]  # fmt: skip

    runs: Runs

    def action_bulks(self) -> None:
        """Show the order or transfer; which, is asked where there is more than one."""
        errands = [run for run in self.runs.all if isinstance(run, BulkRun | TransferRun)]
        if len(errands) == 1:
            self._open(errands[0])
        elif errands:
            self.push_screen(BulksScreen(errands, self.runs), self._open)
        else:
            sentence = (
                "No order to more than one thing was given, and nothing was transferred, since "
                "batchtui was opened."
            )
            self.notify(sentence, title="Orders", markup=False)

    def _open(self, run: Errand | None) -> None:
        match run:
            case BulkRun():
                self.push_screen(BulkScreen(run))
            case TransferRun(done=True, skipped=()):
                self.notify(run.outcome, title=run.title, markup=False)
            case TransferRun():
                self.push_screen(TransferScreen(run))

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
