"""Two things of a kind beside each other."""

from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from batchtui.core.comparison import comparison
from batchtui.core.controller import Controller
from batchtui.core.differences import Member, as_json, differing
from batchtui.core.feed import Reading
from batchtui.core.gateway import GatewayError
from batchtui.core.things import Kind, Thing
from batchtui.core.together import together
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.outputs import OutputsScreen
from batchtui.ui.widgets.differencerows import A, B, difference_rows, difference_text
from batchtui.ui.widgets.framed import Framed
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.plain_text import as_content
from batchtui.ui.widgets.rows import RowsView
from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.titles import set_title
from batchtui.ui.widgets.tones import Tone, clean
from batchtui.ui.widgets.words import Words


class CompareScreen(FollowingScreen):
    """Looks at both again and again while it is open. Secrets are hidden."""

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "RowsView"
    HELP = """
    ## Compare

    Two things of a kind, member by member: what differs first, how they went before everything
    else, and moments last, which are never the same. Of two texts the part that differs stands
    out. What is the same is folded away until v shows it. Secrets are hidden.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "whole", "All, differences",
                tooltip="Show what is the same too, or only what differs", id="compare.whole"),
        Binding("c", "copy('text')", "Copy", tooltip="Copy what is shown as text",
                id="compare.copy"),
        Binding("C", "copy('JSON')", "Copy JSON", tooltip="Copy what is shown as JSON",
                id="compare.copy_json"),
        Binding("O", "outputs", "Side by side", id="compare.outputs",
                tooltip="Read what both tasks wrote beside each other"),
    ]  # fmt: skip

    members: var[Reading[tuple[Member, ...]]] = var(Reading(()))
    whole: var[bool] = var(False)
    """Whether what is the same is shown too."""

    status = getters.query_one(StatusLine)
    view = getters.query_one(RowsView)

    def __init__(
        self, controller: Controller, one: Thing, other: Thing, *, clock: Clock | None = None
    ) -> None:
        super().__init__(controller, clock=clock)
        self.things = (one, other)

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Framed(id="differences"):
            yield RowsView()
            yield Words(classes="trouble")
        yield KeyBar()

    def on_mount(self) -> None:
        for name in ("members", "whole", "now"):
            self.watch(self, name, self.describe, init=False)
        self.follow("members", comparison(self.controller, *self.things))
        self.describe()

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called; what they belong to is said where it is not the same."""
        one, other = self.things
        if one.within == other.within:
            return clean(one.id), clean(other.id)
        return clean(str(one)), clean(str(other))

    def describe(self) -> None:
        """Show the two as they were last seen."""
        reading, (one, _) = self.members, self.things
        members, whole, now, names = reading.value, self.whole, self.now, self.names
        apart = len(differing(members))
        facts = [Fact(((f"compare two {one.kind}s", Tone.MUTED),), 2)]
        facts += [
            Fact(((f"{letter} ", Tone.ACTIVE), (name, Tone.STRONG)), 1)
            for letter, name in zip((A, B), names, strict=True)
        ]
        if reading.known:
            facts.append(Fact(((f"{apart:,} differ", Tone.WARNING),), right=True))
        if reading.error:
            stale = "○ stale" if reading.known else "○ not read"
            facts.append(Fact(((stale, Tone.BAD),), right=True))
        self.status.facts = tuple(facts)
        pane = self.query_one("#differences")
        pane.set_class(bool(reading.error), "-stale")
        set_title(pane, "Everything" if whole else "What differs")
        self.query_one(".trouble", Words).say(as_content(reading.error))
        if reading.known:
            self.view.show(lambda width: difference_rows(members, names, now, width, whole=whole))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "outputs":
            one, other = self.things
            return one.kind is Kind.TASK and one.within == other.within
        return True

    def action_whole(self) -> None:
        self.whole = not self.whole

    def action_copy(self, form: str) -> None:
        """Give the terminal all that is shown, whatever part of it is on screen."""
        members = self.members.value
        if form == "JSON":
            text = as_json(self.things, members if self.whole else differing(members))
        else:
            text = difference_text(members, self.names, self.now, whole=self.whole)
        self.app.copy_to_clipboard(text)
        self.notify(
            f"Sent the comparison to the terminal's clipboard, as {form}. V shows it.", title="Copy"
        )

    @work(exclusive=True, group="outputs")
    async def action_outputs(self) -> None:
        job_id, batch = self.things[0].within, self.controller.gateway.batch
        try:
            tasks = await together(*(batch.task(job_id, each.id) for each in self.things))
        except GatewayError as error:
            self.notify(str(error), title="Side by side", severity="error", markup=False)
            return
        self.app.push_screen(OutputsScreen(self.controller, job_id, tasks, clock=self.clock))
