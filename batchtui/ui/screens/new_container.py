"""A container by hand."""

from collections.abc import Iterable

from batchtui.ui.screens.form import FormScreen, fresh
from batchtui.ui.widgets.form import Field, TextField
from batchtui.ui.widgets.form_checks import container


class NewContainerScreen(FormScreen[str]):
    """Asks for the name of a new container."""

    HEADING = "New container"

    def fields(self) -> Iterable[Field]:
        note = "3 to 63 lower-case letters, digits and hyphens"
        yield TextField("Name", fresh("files"), id="name", check=container, note=note)

    def result(self) -> str:
        return self.query_one("#name", TextField).value
