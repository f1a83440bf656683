"""What stands in a border, as plain text.

Textual reads a title as markup: `[/in]` in a name would end the program, `[x]` would be lost.
"""

from textual.content import Content
from textual.widget import Widget

from batchtui.core.plain import visible


def set_title(widget: Widget, title: str) -> None:
    """Have the upper border say this, with control characters as pictures; nothing if empty."""
    widget.border_title = Content(visible(title))


def set_subtitle(widget: Widget, subtitle: str) -> None:
    """Have the lower border say this, as `set_title` the upper one."""
    widget.border_subtitle = Content(visible(subtitle))
