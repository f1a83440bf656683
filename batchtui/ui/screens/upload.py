"""Files and folders of this machine into a container."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, DirectoryTree, Input, Static

from batchtui.core.controller import Controller
from batchtui.core.gateway import GatewayError
from batchtui.core.transfer import planned
from batchtui.core.wording import in_bytes, many
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.screens.replacing import may_replace
from batchtui.ui.screens.transfer import transferred
from batchtui.ui.widgets.form import ChoiceField, FormButtons
from batchtui.ui.widgets.form_paths import PathField
from batchtui.ui.widgets.form_tree import PickTree
from batchtui.ui.widgets.tones import Tone, content


class UploadScreen(Dialog[None]):
    """Picks by path or from the tree, says what that comes to, and uploads it."""

    CSS_PATH = "upload.tcss"
    AUTO_FOCUS = "#path Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", tooltip="Leave without uploading", id="upload.cancel"),
        Binding("ctrl+s", "upload", "Upload", tooltip="Upload what is picked", id="upload.start"),
    ]

    def __init__(self, controller: Controller, container: str) -> None:
        """`container` is the one that is proposed."""
        super().__init__()
        self._controller = controller
        self._container = container
        self._picked: dict[Path, tuple[int, int]] = {}
        """Files and bytes of each file or folder."""

    def compose(self) -> ComposeResult:
        known = [each.name for each in self._controller.feeds.containers.reading.value]
        names = list(dict.fromkeys((self._container, *known)))
        with Vertical(id="upload") as box:
            box.border_title = "Upload files"
            box.border_subtitle = "space pick · ctrl+s upload · escape cancel"
            yield ChoiceField(
                "Into container", [(name, name) for name in names], id="container",
                value=self._container, note="asked before a blob of the same name is replaced",
            )  # fmt: skip
            yield PathField(
                "File or folder", id="path",
                note="the right arrow completes, enter adds it to the list",
            )  # fmt: skip
            with Horizontal(id="lists"):
                with Vertical(classes="list") as tree:
                    tree.border_title = "On this machine"
                    yield PickTree(Path.cwd())
                with VerticalScroll(id="pick", classes="list", can_focus=False) as picked:
                    picked.border_title = "To upload"
                    yield Static(id="picked")
            yield FormButtons("Upload")

    def on_mount(self) -> None:
        self._show()

    @on(Input.Submitted)
    def take_path(self) -> None:
        """Enter adds what is typed; with nothing typed it uploads."""
        field = self.query_one("#path", PathField)
        if field.value:
            self._add(field.path.absolute())
        else:
            self.action_upload()

    @on(PickTree.PickRequested)
    @on(DirectoryTree.FileSelected)
    def take_pick(self, message: PickTree.PickRequested | DirectoryTree.FileSelected) -> None:
        path = message.path.absolute()
        if path in self._picked:
            del self._picked[path]
            self._show()
        else:
            self._add(path)

    @work
    async def _add(self, path: Path) -> None:
        await self._pick(path)

    async def _pick(self, path: Path) -> None:
        """Count what is there, in a thread, and put it on the list."""
        field = self.query_one("#path", PathField)
        try:
            pieces = await asyncio.to_thread(planned, [path])
        except OSError as error:
            said = str(error) if isinstance(error, FileNotFoundError) else error.strerror
            field.complain(said or str(error))
            return
        self._picked[path] = (len(pieces), sum(piece.size for piece in pieces))
        field.input.value = ""
        self._show()

    def _show(self) -> None:
        self.query_one(PickTree).picked = frozenset(self._picked)
        lines = [
            content(((path.name or str(path), Tone.PLAIN), (f"  {_amount(*amount)}", Tone.MUTED)))
            for path, amount in self._picked.items()
        ]
        nothing = content((("Nothing yet: type a path, or pick with space.", Tone.MUTED),))
        self.query_one("#picked", Static).update(Content("\n").join(lines) if lines else nothing)
        files = sum(count for count, _ in self._picked.values())
        size = sum(amount for _, amount in self._picked.values())
        total = _amount(files, size) if files else ""
        self.query_one("#pick", VerticalScroll).border_subtitle = total
        self.query_one("#submit", Button).disabled = not files

    @on(Button.Pressed, "#submit")
    def take_submit(self) -> None:
        self.action_upload()

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        self.dismiss()

    @work(exclusive=True, group="upload")
    async def action_upload(self) -> None:
        field = self.query_one("#path", PathField)
        if field.value:
            await self._pick(field.path.absolute())
            if field.value:
                # It is not there, and the field says so.
                return
        if not self._picked:
            field.complain("Pick something first.")
            field.input.focus()
            return
        container = self.query_one("#container", ChoiceField).choice
        sources = tuple(self._picked)
        files = sum(count for count, _ in self._picked.values())
        if not await self._may_replace(container, sources):
            return
        if await transferred(
            self.app,
            f"Upload to {container}",
            lambda report: self._controller.upload(container, sources, report),
            done=f"{many(files, 'file')} uploaded to {container}.",
        ):
            self.dismiss()

    async def _may_replace(self, container: str, sources: tuple[Path, ...]) -> bool:
        """Whether no blob has such a name, or it may be replaced."""
        try:
            there = await self._controller.replaced(container, sources)
        except (GatewayError, OSError) as error:
            self.notify(str(error), title="Upload", severity="error", markup=False)
            return False
        return await may_replace(
            self.app, there, noun="blob", title="Upload", place=f" of {container}",
            lost="What they hold is lost.",
        )  # fmt: skip


def _amount(files: int, size: int) -> str:
    return f"{many(files, 'file')}, {in_bytes(size)}"
