"""One node, in full."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.models import Node
from batchtui.core.stuck import stuck_among
from batchtui.ui.panes.pane import Pane
from batchtui.ui.widgets.nodepage import node_page
from batchtui.ui.widgets.tiles import Lens
from batchtui.ui.widgets.tones import content
from batchtui.ui.widgets.words import Words


class NodePagePane(Pane):
    """What is known of the node, and what to do where something is the matter with it."""

    FEEDS = ("subject",)
    NUMBER = 1
    NAME = "Node"
    HELP = """
Everything about this node: what is the matter with it and what to do, its errors, how its start
task went. Below are the tasks that ran here last, and the node's files; beside it stands what the
start task wrote, or any other file that you chose.

x lists what you can do to the node.
"""
    DEFAULT_CSS = """
    NodePagePane VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """

    subject: var[Reading[Node]] = var(Reading(Node("")), init=False)
    slots: var[int] = var(1, init=False)
    """Of every node of its pool."""

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Words(classes="page")
        yield from self.compose_trouble()

    def on_mount(self) -> None:
        super().on_mount()
        self.describe()

    def watch_subject(self, reading: Reading[Node]) -> None:
        self.take()
        self.describe()

    def watch_now(self) -> None:
        self.describe()

    def on_resize(self) -> None:
        self.call_after_refresh(self.describe)

    def describe(self) -> None:
        """Say it as it is now."""
        node = self.subject.value
        lens = Lens(slots=self.slots, now=self.now, stuck=stuck_among((node,), self.now))
        if self.is_mounted:
            lines = node_page(node, lens, self.query_one(".page").size.width)
            page = Content("\n").join(content(line) for line in lines)
            self.query_one(".page", Words).say(page)
