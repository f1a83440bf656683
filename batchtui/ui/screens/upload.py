"""Files and folders of this machine into a container."""

import asyncio
from collections.abc import Sequence
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
from batchtui.core.upload_plan import UploadError, UploadPlan, joined, plan_upload
from batchtui.core.wording import in_bytes, many
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.screens.replacing import may_replace
from batchtui.ui.screens.transfer import transferred
from batchtui.ui.widgets.form import ChoiceField, FormButtons
from batchtui.ui.widgets.form_paths import PathField
from batchtui.ui.widgets.form_tree import PickTree
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title
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
        self._picked: dict[Path, UploadPlan] = {}
        """By file or folder."""

    def compose(self) -> ComposeResult:
        known = [each.name for each in self._controller.feeds.containers.reading.value]
        names = list(dict.fromkeys((self._container, *known)))
        with Vertical(id="upload") as box:
            set_title(box, "Upload files")
            set_subtitle(box, "space pick · ctrl+s upload · escape cancel")
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
                    set_title(tree, "On this machine")
                    yield PickTree(Path.cwd())
                with VerticalScroll(id="pick", classes="list", can_focus=False) as picked:
                    set_title(picked, "To upload")
                    yield PlainText(id="picked")
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
        if await self._look((*self._picked, path)):
            field.input.value = ""
            self._show()

    async def _look(self, sources: Sequence[Path]) -> bool:
        """Find the files of these in a thread, as they are now; complain where they do not go."""
        field = self.query_one("#path", PathField)
        try:
            plans = await asyncio.to_thread(lambda: [plan_upload(source) for source in sources])
            joined(plans)
        except FileNotFoundError as error:
            field.complain(f"No file or folder {error.filename}.")
            return False
        except OSError as error:
            field.complain(f"Could not read {error.filename}: {error.strerror or error}.")
            return False
        except UploadError as error:
            field.complain(str(error))
            return False
        self._picked = dict(zip(sources, plans, strict=True))
        return True

    def _show(self) -> None:
        self.query_one(PickTree).picked = frozenset(self._picked)
        lines = [
            content(((path.name or str(path), Tone.PLAIN), (f"  {_amount(plan)}", Tone.MUTED)))
            for path, plan in self._picked.items()
        ]
        nothing = content((("Nothing yet: type a path, or pick with space.", Tone.MUTED),))
        self.query_one("#picked", Static).update(Content("\n").join(lines) if lines else nothing)
        whole = joined(self._picked.values())
        total = _amount(whole) if self._picked else ""
        set_subtitle(self.query_one("#pick", VerticalScroll), total)
        self.query_one("#submit", Button).disabled = not whole.pieces

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
        if not await self._look(tuple(self._picked)):
            return
        plan = joined(self._picked.values())
        if not plan.pieces:
            field.complain("None of it can be uploaded.")
            return
        container = self.query_one("#container", ChoiceField).choice
        if not await self._may_replace(container, plan):
            return
        if await transferred(
            self.app,
            f"Upload to {container}",
            plan.pieces,
            lambda piece, sent: self._controller.upload(container, piece, sent),
            done=f"{many(len(plan.pieces), 'file')} uploaded to {container}.",
            skipped=plan.lines,
            after=self._controller.uploaded,
        ):
            self.dismiss()

    async def _may_replace(self, container: str, plan: UploadPlan) -> bool:
        """Whether no blob has such a name, or it may be replaced."""
        try:
            there = await self._controller.replaced(container, plan.pieces)
        except GatewayError as error:
            self.notify(str(error), title="Upload", severity="error", markup=False)
            return False
        return await may_replace(
            self.app, there, noun="blob", title="Upload", place=f" of {container}",
            lost="What they hold is lost.",
        )  # fmt: skip


def _amount(plan: UploadPlan) -> str:
    skipped = f" · {len(plan.skipped):,} skipped" if plan.skipped else ""
    return f"{many(len(plan.pieces), 'file')}, {in_bytes(plan.size)}{skipped}"
