"""One node: what is the matter with it, what it ran, what is on its disk."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.gateway import PoolNodeFile
from batchtui.core.models import Node, NodeFile, Pool, Window
from batchtui.core.node_inquiries import NodeInquiries
from batchtui.core.stuck import stuck_among
from batchtui.core.tail import Excerpt
from batchtui.core.things import Kind, Thing
from batchtui.ui.panes.node_files import NodeFilesPane
from batchtui.ui.panes.node_orders import COMMANDS, NodesOrdered
from batchtui.ui.panes.node_stream import STDERR, STDOUT, NodeStreamPane, telling_stream
from batchtui.ui.panes.nodepage import NodePagePane
from batchtui.ui.panes.pane import Pane
from batchtui.ui.panes.recent import RecentPane
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.node_orders import NodeOrdersScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.reading import ReadingScreen
from batchtui.ui.widgets.chords import chord
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.nodelines import since_words, state_words
from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.tiles import Lens
from batchtui.ui.widgets.tones import Tone

PLACES = ("page", "recent", "files", "stream")


class NodeScreen(InspectableScreen, ReadingScreen, NodeOrdersScreen):
    """Follows the node, the list of its files, and the one file that is shown."""

    CSS_PATH = "node.tcss"
    AUTO_FOCUS = "#page VerticalScroll"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{number}", f"go('{place}')", place.title(), show=False,
                    tooltip=f"Go to {words}", id=f"node.{place}")
            for number, place, words in (
                (1, "page", "what is known of the node"), (2, "recent", "its recent tasks"),
                (3, "files", "its files"), (4, "stream", "the file that is shown"),
            )
        ),
        Binding("tab", "go_on(1)", "Next pane", show=False, tooltip="Go to the next pane",
                id="pane.next"),
        Binding("shift+tab", "go_on(-1)", "Pane before", show=False,
                tooltip="Go to the pane before", id="pane.previous"),
        Binding("v", "other_stream", "stdout, stderr",
                tooltip="Read the other stream of the start task", id="node.stream_other"),
        *COMMANDS,
        # The menu lists what the panes can do, and of the screen only what has no key.
        chord("d", "order('remove')", "Remove", "Shrink the pool by this node", id="nodes.remove"),
    ]  # fmt: skip

    subject: var[Reading[Node]] = var(Reading(Node("")))
    files: var[Reading[Window[NodeFile]]] = var(Reading(Window()))
    stream: var[Reading[Excerpt]] = var(Reading(Excerpt()))
    path: var[str] = var("")
    """The file whose end is shown; empty until it is known which one to show first."""

    status = getters.query_one(StatusLine)

    def __init__(
        self, controller: Controller, pool: Pool, node: Node, *, clock: Clock | None = None
    ) -> None:
        super().__init__(controller, clock=clock)
        self.pool = pool
        self._inquiries = NodeInquiries(controller, pool.id)
        # Not `known`: a listing tells less of a node than there is to know.
        self.set_reactive(NodeScreen.subject, Reading(node))

    @property
    def thing(self) -> Thing:
        """The node, or the task under the cursor where its recent tasks are in use."""
        return super().thing or Thing(Kind.NODE, self.subject.value.id, self.pool.id)

    @property
    def begin(self) -> str:
        """The file that is shown, where it is the node's."""
        return self.path if self.thing.kind is Kind.NODE else STDOUT.rpartition("/")[2]

    def compose(self) -> ComposeResult:
        here = NodeScreen
        yield StatusLine()
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                page = NodePagePane(id="page").data_bind(here.subject, FollowingScreen.now)
                page.slots = self.pool.task_slots_per_node
                yield page
                yield RecentPane(id="recent").data_bind(here.subject, FollowingScreen.now)
                yield NodeFilesPane(id="files").data_bind(here.files, FollowingScreen.now)
            yield NodeStreamPane("4").data_bind(machine=here.subject, reading=here.stream)
        yield KeyBar()

    def on_mount(self) -> None:
        for pane in self.query(Pane):
            pane.read_only = self.controller.read_only
        self.watch(self, "subject", self.describe)
        self.watch(self, "now", self.describe, init=False)
        node = self.subject.value
        self.follow("subject", self._inquiries.node(node))
        self.follow("files", self._inquiries.files(node.id))

    def describe(self) -> None:
        """Say in one line which node it is and how it does; choose what to read of it."""
        node = self.subject.value
        lens = Lens(now=self.now, stuck=stuck_among((node,), self.now))
        self.status.facts = (
            Fact(
                (("Node ", Tone.MUTED), (short_node(node.id, 30), Tone.STRONG)),
                1,
                short=((short_node(node.id, 12), Tone.STRONG),),
                early=4,
            ),
            Fact(state_words(node), 0),
            Fact(since_words(node, lens), 2),
            Fact((("pool ", Tone.MUTED), (self.pool.id, Tone.PLAIN)), 3),
        )
        if self.subject.known and not self.path:
            self.path = telling_stream(node)

    def watch_path(self, path: str) -> None:
        if path:
            pane = self.query_one(NodeStreamPane)
            self.unfollow_file("stream")
            self.stream, pane.path = Reading(Excerpt()), path
            file = PoolNodeFile(self.pool.id, self.subject.value.id, path)
            self.follow_file("stream", self.controller.gateway.batch, file)

    @on(NodeFilesPane.ReadRequested)
    def read(self, message: NodeFilesPane.ReadRequested) -> None:
        self.path = message.file.name

    @on(RecentPane.OutputRequested)
    def open_output(self, message: RecentPane.OutputRequested) -> None:
        self.app.push_screen(
            OutputScreen(self.controller, message.job_id, message.task, clock=self.clock)
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "order" and self.controller.read_only:
            return False
        return super().check_action(action, parameters)

    def action_order(self, order: str) -> None:
        self.post_message(NodesOrdered(order, self.pool.id, (self.subject.value,)))

    def action_other_stream(self) -> None:
        self.path = STDOUT if self.path == STDERR else STDERR

    def action_go(self, place: str) -> None:
        found = self.query(f"#{place} RecordTable, #{place} ExcerptView, #{place} VerticalScroll")
        self.set_focus(found.first())

    def action_go_on(self, step: int) -> None:
        focused = self.focused.ancestors if self.focused else ()
        here = next((node.id for node in focused if node.id in PLACES), PLACES[0])
        self.action_go(PLACES[(PLACES.index(here) + step) % len(PLACES)])

    def look_again(self) -> None:
        self.action_refresh()
