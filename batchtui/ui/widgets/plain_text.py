"""Text that is shown as it stands: no markup is read in it, and no control character passes."""

from typing import Any

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Label, Static

from batchtui.core.plain import visible


def as_content(text: str) -> Content:
    """The text in its lines, each control character but the ends of lines as its picture."""
    return Content("\n".join(map(visible, text.split("\n"))))


class PlainText(Static):
    """A `Static` to which a `str` is plain text; styled text is `Content`, as ever."""

    def __init__(self, text: VisualType = "", **options: Any) -> None:
        super().__init__(_plain(text), markup=False, **options)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        super().update(_plain(content), layout=layout)


class PlainLabel(Label):
    """A `Label` to which a `str` is plain text."""

    def __init__(self, text: VisualType = "", **options: Any) -> None:
        super().__init__(_plain(text), markup=False, **options)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        super().update(_plain(content), layout=layout)


def _plain(text: VisualType) -> VisualType:
    return as_content(text) if isinstance(text, str) else text
