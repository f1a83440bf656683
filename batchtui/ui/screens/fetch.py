"""Many blobs onto this machine."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import Field, TextField
from batchtui.ui.widgets.form_checks import needed
from batchtui.ui.widgets.form_paths import PathField
from batchtui.ui.widgets.titles import set_title


class Wish(Struct, frozen=True):
    """Which blobs, and where to."""

    pattern: str
    folder: Path


class FetchScreen(FormScreen[Wish]):
    """Asks for a pattern, unless blobs are chosen already, and for a folder."""

    HEADING = "Download"
    SUBMIT = "Download"

    def __init__(self, heading: str, folder: Path, *, pattern: str | None = "*") -> None:
        """`folder` is proposed. A pattern of None is not asked for: it is known which."""
        super().__init__()
        self._heading = heading
        self._folder = folder
        self._pattern = pattern

    def fields(self) -> Iterable[Field]:
        if self._pattern is not None:
            yield TextField(
                "Blobs", self._pattern, id="pattern", check=needed,
                note="such as *.txt or run-7/*; * alone is all of them",
            )  # fmt: skip
        yield PathField(
            "Into the folder", str(self._folder), id="folder", check=needed,
            note="made if it is not there; the blobs' folders are kept",
        )  # fmt: skip

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), self._heading)

    def result(self) -> Wish:
        patterns = [field.value for field in self.query("#pattern").results(TextField)]
        return Wish(
            patterns[0] if patterns else "*", self.query_one("#folder", PathField).path.absolute()
        )
