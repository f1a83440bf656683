"""Widgets in which a bug of their own stays: the rest of the screen goes on."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from rich.segment import Segment
from textual.content import Content
from textual.dom import DOMNode
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from batchtui.ui.widgets.plain_text import PlainLabel

log = logging.getLogger(__name__)

SENTENCE = "A bug kept this from being drawn. It is tried again with the next data; f2 has the log."
Method = Callable[..., Any]
Args = tuple[Any, ...]
Instead = Callable[["Contained", str, Exception, Args], Any]


def _place(error: Exception) -> str:
    """Where it was raised: the file and the line of the innermost call."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _contained(name: str, method: Method, instead: Instead) -> Method:
    """The method, with what `instead` answers where it raises."""

    @wraps(method)
    def contained(self: "Contained", *args: Any) -> Any:
        try:
            result = method(self, *args)
        except Exception as error:  # noqa: BLE001
            # The boundary of a widget: whatever the bug is, the rest of the screen goes on.
            return instead(self, name, error, args)
        self.worked(name, *args)
        return result

    return contained


def _nothing(self: "Contained", name: str, error: Exception, _args: Args) -> None:
    self.failed(name, error)


def _undrawn(self: "Contained", name: str, error: Exception, _args: Args) -> Content:
    self.failed(name, error, shown=False)
    return Content(SENTENCE)


def _one_row(self: "Contained", name: str, error: Exception, _args: Args) -> int:
    self.failed(name, error, shown=False)
    return 1


def _undrawn_line(self: "Contained", _name: str, error: Exception, args: Args) -> Strip:
    return self.not_drawn(args[0], error)


INSTEAD: dict[str, Instead] = {
    "render_line": _undrawn_line,
    "render": _undrawn,
    "get_content_height": _one_row,
    "on_resize": _nothing,
}
"""What a method answers that raised, besides those of watchers."""


class Contained(Widget):
    """Catches what its drawing, its watchers, its layout and its timers raise.

    That is logged, once for as long as it stays the same. A line that could not be drawn says so
    in its place, and for everything else the frame around the widget does, or a notification where
    there is no frame. It is tried again whenever Textual comes back to it, and the sentence goes
    when it works. What the handler of a key or of a message raises is not caught here: a bug there
    would leave half a command behind, and ends the program with a report.

    The methods are wrapped as a class is made, so that none can be forgotten.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, method in tuple(vars(cls).items()):
            if name in INSTEAD:
                setattr(cls, name, _contained(name, method, INSTEAD[name]))
            elif name.startswith(("watch_", "_watch_")) and callable(method):
                setattr(cls, name, _contained(name, method, _nothing))

    _faults: dict[str, str] | None = None
    """What failed the last time, by the name of the method, with the place of the error."""
    _undrawn_line: int | None = None
    """The line that says that it could not be drawn; others are then left empty."""

    def watch(self, obj: DOMNode, attribute_name: str, callback: Method, init: bool = True) -> None:
        super().watch(obj, attribute_name, self._caught(callback), init)

    def set_interval(
        self, interval: float, callback: Method | None = None, **options: Any
    ) -> Timer:
        caught = None if callback is None else self._caught(callback)
        return super().set_interval(interval, caught, **options)

    def show_fault(self, sentence: str) -> None:
        """Show that something of this widget failed; nothing once all of it works."""
        if sentence and self.is_attached:
            self.app.notify(sentence, title="Bug", severity="error")

    def failed(self, name: str, error: Exception, *, shown: bool = True) -> None:
        """Log what a method raised, if it is news, and have it `shown`."""
        if self._faults is None:
            self._faults = {}
        place = f"{type(error).__name__} {_place(error)}"
        if self._faults.get(name) == place:
            return
        self._faults[name] = place
        log.error("%s.%s failed.", type(self).__name__, name, exc_info=error)
        if shown:
            self._frame().show_fault(SENTENCE)

    def worked(self, name: str, *args: Any) -> None:
        """A method did what it should, as most do."""
        if not self._faults or name not in self._faults:
            return
        if name == "render_line":
            if args[0] != self._undrawn_line:
                return
            self._undrawn_line = None
        del self._faults[name]
        if not self._faults:
            self._frame().show_fault("")

    def _frame(self) -> "Contained":
        """The nearest widget around this one that can show a sentence about it."""
        around = (node for node in self.ancestors_with_self if isinstance(node, FaultFrame))
        return next(around, self)

    def _caught(self, callback: Method) -> Method:
        name = getattr(callback, "__name__", "callback")
        method = _contained(name, lambda _self, *args: callback(*args), _nothing)

        @wraps(callback)
        def caught(*args: Any) -> Any:
            return method(self, *args)

        return caught

    def not_drawn(self, y: int, error: Exception) -> Strip:
        """The line in place of one whose drawing raised: the first such line says so."""
        self.failed("render_line", error, shown=False)
        width = self.size.width
        if self._undrawn_line is None or y <= self._undrawn_line:
            self._undrawn_line = y
            style = self.visual_style.rich_style
            return Strip([Segment(SENTENCE, style)]).adjust_cell_length(width, style)
        return Strip.blank(width, self.visual_style.rich_style)


class FaultFrame(Contained):
    """Shows at its lower edge that something in it failed."""

    DEFAULT_CSS = "FaultFrame > .fault { dock: bottom; width: 1fr; color: $error; padding: 0 1; }"

    def show_fault(self, sentence: str) -> None:
        if not self.is_attached:
            return
        shown = self.query_children(".fault")
        if sentence and not shown:
            self.mount(PlainLabel(sentence, classes="fault"))
        elif not sentence:
            shown.remove()
