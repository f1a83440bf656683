"""The files of one place, and the text of the one that is chosen."""

from pathlib import Path
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var

from batchtui.core import shelves
from batchtui.core.controller import Controller
from batchtui.core.download_plan import DownloadPlan, file_name
from batchtui.core.entries import Entry
from batchtui.core.feed import Feed, Reading
from batchtui.core.gateway import GatewayError
from batchtui.core.models import Window
from batchtui.core.shelves import Shelf
from batchtui.core.tail import Excerpt
from batchtui.core.things import Kind, Thing
from batchtui.core.transfer import save_all
from batchtui.core.wording import in_bytes, many
from batchtui.ui.panes.file_stream import FileStreamPane
from batchtui.ui.panes.files import FilesPane
from batchtui.ui.screens.fetch import FetchScreen, Wish
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.reading import ReadingScreen
from batchtui.ui.screens.replacing import may_write
from batchtui.ui.screens.transfer import transferred
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.names import short_node

SLOWER = 5
"""How much rarer the list of files is looked at than what changes fastest."""


class FilesScreen(InspectableScreen, ReadingScreen):
    """Follows the list, and the end of the file under the cursor as it grows."""

    CSS_PATH = "files.tcss"
    AUTO_FOCUS = "FilesPane RecordTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    HELP = """
    ## Files

    Of a large file only a part is fetched: its end at first, which is followed as it grows until
    you scroll up. Scrolling beyond the part goes on to the next one; < and > go to the file's
    start and end. / finds a text in the part that is here; n and N go on through all of the file.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('files')", "Files", show=False, tooltip="Go to the files", id="go.files"),
        Binding("2", "go('text')", "Text", show=False, tooltip="Go to the text", id="go.text"),
        Binding("tab,shift+tab", "go_on", "Next pane", show=False, tooltip="Go to the other pane",
                id="pane.other"),
    ]  # fmt: skip

    entries: var[Reading[Window[Entry]]] = var(Reading(Window()))
    text: var[Reading[Excerpt]] = var(Reading(Excerpt()))
    entry: var[Entry | None] = var(None)

    stream = getters.query_one(FileStreamPane)
    list = getters.query_one(FilesPane)

    def __init__(
        self, controller: Controller, shelf: Shelf, *, begin: str = "", clock: Clock | None = None
    ) -> None:
        """`begin` is the path of the file to read first."""
        super().__init__(controller, clock=clock)
        self.shelf = shelf
        self._begin = begin

    def compose(self) -> ComposeResult:
        here = FilesScreen
        with Horizontal(id="panes"):
            files = FilesPane(id="files").data_bind(here.entries, FollowingScreen.now)
            files.about = f"{self.shelf.thing.kind} {short_node(self.shelf.thing.id, 30)}"
            yield files
            yield FileStreamPane("2").data_bind(here.entry, reading=here.text)
        yield KeyBar()

    def on_mount(self) -> None:
        if self._begin:
            self.list.begin_at(self._begin)
        every, traffic = self.controller.feeds.every * SLOWER, self.controller.feeds.traffic
        nothing: Window[Entry] = Window()
        self.follow("entries", Feed(self.shelf.entries, nothing, every=every, traffic=traffic))

    @on(FilesPane.Highlighted, "#files")
    def show_file(self, message: FilesPane.Highlighted) -> None:
        """Read the file under the cursor, from its end on."""
        before, self.entry = self.entry, self.list.highlighted
        if self.entry is None or (before is not None and before.path == self.entry.path):
            return
        self.unfollow_file("text")
        self.text = Reading(Excerpt())
        if not self.entry.folder:
            self.stream.view.following = True
            self.follow_file("text", self.shelf.files, self.shelf.file(self.entry.path))

    @property
    def thing(self) -> Thing:
        """The blob under the cursor; the task or the node where the files are its own."""
        if self.shelf.thing.kind is Kind.CONTAINER and self.entry and not self.entry.folder:
            return Thing(Kind.BLOB, self.entry.path, self.shelf.thing.id)
        return self.shelf.thing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "files" and super().check_action(action, parameters)

    @on(FilesPane.ReadRequested)
    def read(self) -> None:
        self.action_go("text")

    def action_go(self, place: str) -> None:
        self.set_focus(self.query(f"#{place} RecordTable, #{place} ExcerptView").first())

    def action_go_on(self) -> None:
        in_text = self.focused is self.stream.view
        self.action_go("files" if in_text else "text")

    @on(FilesPane.SaveRequested)
    @work
    async def save(self, message: FilesPane.SaveRequested) -> None:
        """Ask where to, and save; a single file goes into the current folder."""
        chosen = message.chosen
        if len(chosen) == 1 and not chosen[0].folder:
            target = Path.cwd() / file_name(chosen[0].path)
            plan = shelves.alone(chosen[0], target)
            if await may_write(self.app, plan):
                await self._save(plan, f"Saved as {target}.")
            return
        which = many(len(chosen), "choice") if chosen else "files"
        form = FetchScreen(
            f"Download {which} of {self.shelf.title}",
            Path.cwd() / self.shelf.title.rpartition(" ")[2],
            pattern=None if chosen else "*",
        )
        plan = DownloadPlan()

        async def plan_it(wish: Wish) -> bool:
            nonlocal plan
            shown = self.entries.value
            entries = shown.items if shown.complete else await self.shelf.all_entries()
            if chosen:
                plan = shelves.planned(entries, chosen, wish.folder)
            else:
                plan = shelves.fitting(entries, wish.pattern, wish.folder)
            if not plan.pieces and not plan.skipped:
                raise GatewayError(f"No file fits {wish.pattern}")
            return await may_write(self.app, plan)

        wish = await self.app.push_screen_wait(form.doing(plan_it))
        if wish is not None:
            count, size = many(len(plan.pieces), "file"), in_bytes(plan.size)
            await self._save(plan, f"{count}, {size}, saved in {wish.folder}.")

    async def _save(self, plan: DownloadPlan, done: str) -> None:
        shelf, heading = self.shelf, f"Download from {self.shelf.title}"
        await transferred(
            self.app, heading, plan.pieces, shelf.save, done=done, move_all=save_all,
            skipped=plan.lines,
        )  # fmt: skip
