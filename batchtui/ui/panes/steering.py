"""Panes whose records can be changed."""

from typing import Any, Generic, TypeVar

from textual.message import Message

from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.changes import READING

T = TypeVar("T")


class OrderRequested(Message):
    """The user wants something done to these things: to the marked ones, or to the one in use.

    `order` is a name that the pane's bindings give; `about` is what the things belong to.
    """

    def __init__(
        self, pane: "SteerablePane[Any]", order: str, things: tuple[Any, ...], about: str
    ) -> None:
        self.pane = pane
        self.order = order
        self.things = things
        self.about = about
        super().__init__()

    @property
    def control(self) -> "SteerablePane[Any]":
        return self.pane


class SteerablePane(TablePane[T], Generic[T]):
    """Asks for orders by name: `order('delete')` is an action of its bindings.

    An order that needs no record, such as one that creates something, is `order('...', False)`.
    """

    @property
    def remarks(self) -> tuple[str, ...]:
        return (*super().remarks, "read-only") if self.read_only else super().remarks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "order":
            something = len(parameters) == 1
            if parameters[0] in READING:
                return None if something and self.highlighted is None else True
            return self.may_change(something=something)
        return super().check_action(action, parameters)

    def action_order(self, order: str, something: bool = True) -> None:
        things = self.chosen if something else ()
        self.post_message(OrderRequested(self, order, things, self.about))
