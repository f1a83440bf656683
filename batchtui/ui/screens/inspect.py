"""One thing, whatever it is: as a page, as JSON, and what it leads to."""

from collections.abc import Mapping
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.dossier import Dossier
from batchtui.core.feed import Reading
from batchtui.core.inquiries import inspection
from batchtui.core.job_page import job_sections
from batchtui.core.models import Task
from batchtui.core.page import Section, sections
from batchtui.core.relations import Relation, relations
from batchtui.core.task_page import task_sections
from batchtui.core.things import HOLDERS, Kind, Thing
from batchtui.ui.panes.relations import RelationsPane
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.widgets.framed import Framed
from batchtui.ui.widgets.glyphs import DELETED
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.pagerows import json_rows, json_text, page_rows, page_text
from batchtui.ui.widgets.plain_text import as_content
from batchtui.ui.widgets.rows import RowsView
from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.titles import set_title
from batchtui.ui.widgets.tones import Tone
from batchtui.ui.widgets.words import Words

FEW = 2
"""Other things that take less room."""


class InspectScreen(InspectableScreen):
    """Looks at the thing again and again while it is open. Secrets are hidden."""

    CSS_PATH = "inspect.tcss"
    AUTO_FOCUS = "RowsView"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    HELP = """
    ## Inspect

    Everything that the service tells of one thing: first what is wrong with it, then the rest, as a
    page or as JSON. Secrets are hidden. Under "Leads to" stands what it has to do with.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "see('page')", "Page", tooltip="Read it as a page", id="inspect.page"),
        Binding("2", "see('json')", "JSON", tooltip="Read it as JSON", id="inspect.json"),
        Binding("c", "copy", "Copy", tooltip="Copy what is shown to the clipboard",
                id="inspect.copy"),
        Binding("o", "output", "Output", show=False, tooltip="Read stdout and stderr",
                id="inspect.output"),
        Binding("N", "go('node')", "Node", show=False, tooltip="Go to its node",
                id="inspect.node"),
        Binding("P", "go('pool')", "Pool", show=False, tooltip="Go to its pool",
                id="inspect.pool"),
        Binding("J", "go('job')", "Job", show=False, tooltip="Go to its job", id="inspect.job"),
    ]  # fmt: skip

    dossier: var[Reading[Dossier]] = var(Reading(Dossier({})))
    found: var[tuple[Relation, ...]] = var((), bindings=True)
    form: var[str] = var("page")
    """`page` or `json`."""

    status = getters.query_one(StatusLine)
    view = getters.query_one(RowsView)

    def __init__(self, controller: Controller, thing: Thing, *, clock: Clock | None = None) -> None:
        super().__init__(controller, clock=clock)
        self._thing = thing

    @property
    def thing(self) -> Thing:
        return self._thing

    @property
    def begin(self) -> str:
        if self._thing.kind is Kind.BLOB:
            return self._thing.id
        if self._thing.kind is Kind.TASK:
            return "stderr.txt" if self._failed else "stdout.txt"
        return ""

    @property
    def _failed(self) -> bool:
        execution = self.dossier.value.document.get("executionInfo")
        return isinstance(execution, Mapping) and execution.get("result") == "failure"

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Container(id="parts"):
            with Framed(id="page"):
                yield RowsView()
                yield Words(classes="trouble")
            yield RelationsPane(id="relations").data_bind(InspectScreen.found)
        yield KeyBar()

    def on_mount(self) -> None:
        for name in ("dossier", "form", "now"):
            self.watch(self, name, self.describe, init=False)
        self.follow("dossier", inspection(self.controller, self.thing))
        self.describe()

    @property
    def sections(self) -> tuple[Section, ...]:
        """The page's parts."""
        dossier = self.dossier.value
        if self.thing.kind is Kind.TASK:
            return task_sections(dossier, self.now)
        if self.thing.kind is Kind.JOB:
            return job_sections(dossier, self.now)
        return sections(dossier.document, self.now)

    def describe(self) -> None:
        """Show the thing as it was last seen."""
        reading, thing = self.dossier, self.thing
        document = reading.value.document
        facts = [Fact(((f"{thing.kind} ", Tone.MUTED), (thing.id, Tone.STRONG)))]
        if thing.within:
            holder = f"of {HOLDERS[thing.kind]} "
            facts.append(Fact(((holder, Tone.MUTED), (thing.within, Tone.PLAIN)), 2))
        if reading.missing:
            facts.append(Fact(DELETED.spans, 1))
        elif state := document.get("state"):
            sign = ("✗ failed", Tone.BAD) if self._failed else (str(state), Tone.ACTIVE)
            facts.append(Fact((sign,), 1))
        if reading.error:
            facts.append(Fact((("○ stale" if reading.known else "○ not read", Tone.BAD),), 0,
                              right=True))  # fmt: skip
        self.status.facts = tuple(facts)
        self.query_one("#page .trouble", Words).say(as_content(reading.error))
        page = self.query_one("#page")
        page.set_class(bool(reading.error), "-stale")
        set_title(page, "1 Page · 2 JSON" if self.form == "page" else "2 JSON · 1 Page")
        if reading.known or reading.error:
            self.found = relations(thing, reading.value)
            self.query_one("#relations").set_class(len(self.found) <= FEW, "-few")
        if reading.known:
            parts = self.sections
            if self.form == "page":
                self.view.show(lambda width: page_rows(parts, width))
            else:
                self.view.show(lambda width: json_rows(document, width))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "output":
                return self.thing.kind is Kind.TASK
            case "go":
                return any(relation.thing.kind == parameters[0] for relation in self.found)
            case "inspect":
                return False
        return super().check_action(action, parameters)

    def action_see(self, form: str) -> None:
        self.form = form
        self.view.action_scroll(-1_000_000)
        self.set_focus(self.view)

    def action_copy(self) -> None:
        """Give the terminal the whole text, whatever part of it is on screen."""
        if self.form == "page":
            text, words = page_text(self.sections), "page"
        else:
            text, words = json_text(self.dossier.value.document), "JSON"
        self.app.copy_to_clipboard(text)
        sentence = f"Sent the {self.thing} to the terminal's clipboard, as {words}. V shows it."
        self.notify(sentence, title="Copy", markup=False)

    def action_go(self, kind: str) -> None:
        """Go to the first thing of that kind that this one leads to."""
        things = (relation.thing for relation in self.found if relation.thing.kind == kind)
        if (thing := next(things, None)) is not None:
            self.look_at(thing)

    @on(RelationsPane.OpenRequested)
    def open_relation(self, message: RelationsPane.OpenRequested) -> None:
        self.look_at(message.thing)

    def action_output(self) -> None:
        task = Task(self.thing.id)
        self.app.push_screen(
            OutputScreen(self.controller, self.thing.within, task, clock=self.clock)
        )
