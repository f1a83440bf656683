"""A part of a file, from which one goes on to the others."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from batchtui.core.tail import Excerpt
from batchtui.ui.widgets.excerpt import ExcerptView


class PartView(ExcerptView):
    """Asks for another part where the user goes on beyond this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "leap(-1)", "Start", show=False, tooltip="Go to the start of the file",
                id="text.start"),
        Binding("G", "leap(1)", "End", show=False, tooltip="Go to the end of the file, follow it",
                id="text.stop"),
    ]  # fmt: skip

    class About(Message):
        """A request that concerns the text of a view."""

        def __init__(self, view: "PartView") -> None:
            self.view = view
            super().__init__()
            # Else what the pane around the view sets off would not come back to that pane.
            self.set_sender(view)

    class Stepped(About):
        """A request to go on beyond the part of the file that is here: `step` is -1 or 1."""

        def __init__(self, view: "PartView", step: int) -> None:
            self.step = step
            super().__init__(view)

    class EdgeReached(Stepped):
        """The user wants to read the part before this one, or after it."""

    class EndWanted(Stepped):
        """The user wants to read the file's first part, or its last."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._turning: bool | None = None
        """Whether the part to come is read from its end; None where none is awaited."""

    @property
    def partial(self) -> bool:
        """Whether there is more of the file than what is here."""
        return bool(self._shown.start or self._shown.left)

    def turn(self, *, to_end: bool) -> None:
        """The next excerpt is another part of the file, to be read from its end or its start."""
        self._turning = to_end

    def watch_excerpt(self, excerpt: Excerpt) -> None:
        here = (self._shown.start, self._shown.left)
        if self._turning is None or here == (excerpt.start, excerpt.left):
            super().watch_excerpt(excerpt)
            return
        to_end, self._turning = self._turning, None
        self._show_latest()
        self._scroll(int(self.max_scroll_y) if to_end else 0)
        self.following = to_end

    def action_scroll_up(self) -> None:
        self._go_on(-1, super().action_scroll_up)

    def action_scroll_down(self) -> None:
        self._go_on(1, super().action_scroll_down)

    def action_page_up(self) -> None:
        self._go_on(-1, super().action_page_up)

    def action_page_down(self) -> None:
        self._go_on(1, super().action_page_down)

    def _go_on(self, step: int, scroll: Callable[[], None]) -> None:
        """Scroll; from the edge of the part go on to the next part of the file."""
        before = step < 0 and self._shown.start and self.scroll_offset.y <= 0
        after = step > 0 and self._shown.left and self.scroll_offset.y >= self.max_scroll_y
        if before or after:
            self.post_message(self.EdgeReached(self, step))
        else:
            scroll()

    def action_leap(self, step: int) -> None:
        """Go to an end of the file, in whatever part that is."""
        if self._shown.start if step < 0 else self._shown.left:
            self.post_message(self.EndWanted(self, step))
        elif step < 0:
            self.action_scroll_home()
        else:
            self.action_scroll_end()
