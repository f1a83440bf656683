"""A URL that lets its holder in without a key."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from batchtui.core.durations import duration
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import ChoiceField, Field, TextField
from batchtui.ui.widgets.form_checks import a_duration
from batchtui.ui.widgets.titles import set_title

CONTAINER_RIGHTS = (
    ("read and list", "rl"),
    ("read", "r"),
    ("write, for outputs of tasks", "cw"),
    ("read, write and list", "rcwl"),
    ("do everything, deleting too", "racwdl"),
)
BLOB_RIGHTS = (("read", "r"), ("read and write", "rcw"), ("read, write and delete", "rcwd"))


class Leave(Struct, frozen=True):
    """What the URL allows, and for how long."""

    rights: str
    lasting: timedelta


def in_words(rights: tuple[tuple[str, str], ...], letters: str) -> str:
    """What those letters allow, as the user was asked: `read and list` for `rl`."""
    return next(words for words, given in rights if given == letters)


class SasScreen(FormScreen[Leave]):
    """Asks what a URL is to allow. `CopiedScreen` shows the URL."""

    HEADING = "Make a URL with a SAS"
    SUBMIT = "Copy URL"

    def __init__(self, heading: str, rights: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._heading = heading
        self._rights = rights

    def fields(self) -> Iterable[Field]:
        yield ChoiceField(
            "Permissions", self._rights, id="rights",
            note="anyone with this URL can use it until it expires",
        )  # fmt: skip
        yield TextField(
            "Expires in", "1d", id="lasting", check=a_duration,
            note="such as 30m, 12h or 7d; 7d at most where az login signs",
        )  # fmt: skip

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), self._heading)

    def result(self) -> Leave:
        return Leave(
            self.query_one("#rights", ChoiceField).choice,
            duration(self.query_one("#lasting", TextField).value),
        )
