"""Where orders are taken: asked about, carried out, and told of."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from textual.app import App
from textual.notifications import SeverityLevel

from batchtui.core.bulk import BUSY, Bulk, Undertaking
from batchtui.core.controller import Controller
from batchtui.core.gateway import GatewayError
from batchtui.core.orders.order import Order, Stake
from batchtui.core.wording import many
from batchtui.ui.bulk_run import BulkRun
from batchtui.ui.runs import is_watched
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.errand import see_through

T = TypeVar("T")


class Desk:
    """Every change of the account goes over it, so that each is asked about in the same way."""

    def __init__(self, app: App[Any], controller: Controller) -> None:
        self.done = False
        """Whether an order was carried out, or goes on by itself."""
        self.app = app
        self.controller = controller

    async def carry_out(self, order: Order[T], things: Sequence[T]) -> bool:
        """Ask, then have it done to each that it applies to; whether that is done or goes on.

        To be awaited in a worker: it waits for the user.
        """
        try:
            return await self.attempt(order, things)
        except GatewayError as error:
            self.refuse(str(error), order.title)
            return False

    async def attempt(self, order: Order[T], things: Sequence[T]) -> bool:
        """The same for dialogs that stay where it is refused.

        Raises `GatewayError` with what the service says against it, where it is one thing only.
        """
        fit = [thing for thing in things if order.applies(thing)]
        if not fit:
            self._say_unfit(order, things)
            return False
        if not await self._agreed(order, fit, left_out=len(things) - len(fit)):
            return False
        traffic = self.controller.feeds.traffic
        tried = 0
        if len(fit) == 1:
            try:
                await order.act(fit[0])
            except GatewayError as error:
                if error.status not in BUSY:
                    raise
                # From the second try on it is shown, and can be left or stopped.
                tried = 1
            else:
                self.tell(order.told(fit[0]), order.title, order.wakes)
                self.done = True
                return True
        bulk = Bulk(fit, order.name, order.act, traffic, tried=tried, already=order.already)
        self.done = await self.go_on(order.title, bulk, order.noun, order.wakes)
        return self.done

    async def go_on(
        self, title: str, bulk: Undertaking, noun: str, wakes: tuple[str, ...], abandoned: str = ""
    ) -> bool:
        """Have something done piece by piece, shown until the user leaves it to itself."""
        run = BulkRun(
            title, bulk, noun=noun, ended=lambda run: self._tell_end(run, wakes),
            abandoned=abandoned,
        )  # fmt: skip
        return await see_through(self.app, run, BulkScreen(run))

    def _tell_end(self, run: BulkRun, wakes: tuple[str, ...]) -> None:
        self._wake(wakes)
        if is_watched(self.app, run):
            return
        sentence = run.outcome if run.done else f"{run.outcome} Press B to see which, and why."
        severity: SeverityLevel = "information" if run.done else "error"
        self.app.notify(sentence, title=run.title, severity=severity, timeout=12, markup=False)

    def tell(self, sentence: str, title: str, wakes: tuple[str, ...] = ()) -> None:
        """Say what was done, and have the feeds look that show it."""
        self._wake(wakes)
        self.app.notify(sentence, title=title, markup=False)

    def refuse(self, sentence: str, title: str) -> None:
        """Say why something cannot be done."""
        self.app.notify(sentence, title=title, severity="error", timeout=12, markup=False)

    async def known(self, asking: Callable[[], Awaitable[T]], title: str) -> T | None:
        """What the service answers; None after having said why it does not."""
        try:
            return await asking()
        except GatewayError as error:
            self.refuse(str(error), title)
            return None

    async def _agreed(self, order: Order[T], things: Sequence[T], *, left_out: int) -> bool:
        """Whether the user wants it, knowing what it costs."""
        try:
            stake = await order.stake(things)
        except GatewayError as error:
            stake = Stake((f"What goes with it is not known. {error}",), large=True)
        sentences = stake.sentences
        if len(things) > 1:
            sentences = (order.names(things), *sentences)
        if left_out:
            sentences += (f"Left out: {many(left_out, order.noun)} ({order.unfit}).",)
        return await self.app.push_screen_wait(
            ConfirmScreen(
                order.question(things),
                consequences=sentences,
                yes=order.yes,
                title=order.title,
                typed=order.typed(things) if stake.large else "",
            )
        )

    def _say_unfit(self, order: Order[T], things: Sequence[T]) -> None:
        if things:
            words = order.words(things)
            sentence = f"Not possible for {words}: {order.unfit}."
            self.app.notify(sentence, title=order.title, severity="warning", markup=False)

    def _wake(self, names: tuple[str, ...]) -> None:
        if names:
            self.controller.feeds.refresh(*names)
