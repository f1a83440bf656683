"""An app whose tables look as their user left them, and whose records can be taken along."""

import asyncio
from datetime import datetime
from pathlib import Path

from textual import on, work
from textual.app import App
from textual.theme import Theme

from batchtui import paths
from batchtui.core.export import exported
from batchtui.core.wording import many
from batchtui.ui.choices import Choices
from batchtui.ui.panes.arranging import ArrangingPane
from batchtui.ui.screens.columns import ColumnsScreen


class KeepingApp(App[int]):
    """Answers what the panes with tables ask for beside what is in the account."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = Choices(self.choices_file())
        self._saving = asyncio.Lock()
        self._worn = ""

    def choices_file(self) -> Path:
        """Where it is remembered how tables look."""
        return paths.choices_file()

    async def load_choices(self, theme: str) -> None:
        """To be awaited before anything appears. Without a choice, `theme` is worn."""
        trouble = await asyncio.to_thread(self.choices.load)
        if trouble:
            self.notify(trouble, title="Settings", severity="warning", markup=False)
        known = self.choices.theme in self.available_themes
        self.theme = self._worn = self.choices.theme if known else theme
        self.theme_changed_signal.subscribe(self, self._keep_theme)

    @work
    async def _keep_theme(self, theme: Theme) -> None:
        if theme.name != self._worn:
            self._worn = theme.name
            await self._save(self.choices.wear(theme.name))

    @on(ArrangingPane.ViewWanted)
    def give_view(self, message: ArrangingPane.ViewWanted) -> None:
        message.pane.view = self.choices.view(message.pane.id or "")

    @on(ArrangingPane.ViewChanged)
    @work
    async def keep_view(self, message: ArrangingPane.ViewChanged) -> None:
        await self._keep(message.pane)

    @on(ArrangingPane.ColumnsRequested)
    @work
    async def choose_columns(self, message: ArrangingPane.ColumnsRequested) -> None:
        pane = message.pane
        arrangement = pane.arrangement
        shown = [column.name for column in arrangement.shown]
        screen = ColumnsScreen(pane.NAME, arrangement.columns, shown, pane.table.fitting)
        chosen = await self.push_screen_wait(screen)
        if chosen is not None:
            pane.view = arrangement.with_columns(chosen)
            await self._keep(pane)

    @on(ArrangingPane.ExportRequested)
    @work
    async def export(self, message: ArrangingPane.ExportRequested) -> None:
        """Write the records into the folder in which batchtui was started."""
        text = exported(message.rows, message.kind)
        place = _stamped(Path.cwd(), message.pane.NAME.lower(), message.kind)
        await self._save_new(place, text, many(len(message.rows), "record"), "Export")

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Write a picture of the screen into the same folder, where no other is wanted.

        Textual's own choice is a folder for downloads, which a server has not.
        """
        folder = Path(path) if path else Path.cwd()
        place = folder / filename if filename else _stamped(folder, "batchtui", "svg")
        self._save_picture(place, self.export_screenshot())

    @work
    async def _save_picture(self, place: Path, svg: str) -> None:
        await self._save_new(place, svg, "Picture", "Screenshot")

    async def _save_new(self, place: Path, text: str, what: str, title: str) -> None:
        """Write a file, and say where it is, or why it is not."""
        try:
            place = await asyncio.to_thread(_write_new, place, text)
        except OSError as error:
            trouble = f"{place} cannot be written: {error.strerror}. Start batchtui elsewhere."
            self.notify(trouble, title=title, severity="error", markup=False)
        else:
            self.notify(f"{what} saved to {place}", title=title, markup=False)

    async def _keep(self, pane: ArrangingPane[object]) -> None:
        await self._save(self.choices.choose(pane.id or "", pane.view))

    async def _save(self, text: str) -> None:
        async with self._saving:
            trouble = await asyncio.to_thread(self.choices.save, text)
        if trouble:
            self.notify(trouble, title="Settings", severity="warning", markup=False)


def _stamped(folder: Path, name: str, kind: str) -> Path:
    return folder / f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.{kind}"


def _write_new(place: Path, text: str) -> Path:
    """Write the file, under another name where there is one of its name; returns its place."""
    stem, number = place.stem, 1
    while True:
        try:
            file = place.open("x", encoding="utf-8", newline="")
        except FileExistsError:
            number += 1
            place = place.with_stem(f"{stem}-{number}")
            continue
        with file:
            file.write(text)
        return place
