"""The keys that work here, along the lower edge of the screen."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip

from batchtui.ui.widgets.painted import Painted


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the bar tells of it."""

    key: str
    """What pressing it is, such as `enter`."""
    cap: str
    """What is written on it, such as `⏎`."""
    verb: str
    enabled: bool
    tooltip: str

    @property
    def width(self) -> int:
        return cell_len(self.cap) + 1 + cell_len(self.verb)


class KeyBar(Painted):
    """One line, of which a key is clicked as it is pressed.

    It is one widget, where Textual's `Footer` is one for each key: those are mounted, styled and
    laid out anew whenever any binding may have changed, which takes longer than everything else
    that a key sets off.
    """

    GAP = 2
    ALLOW_SELECT = False
    CAP, VERB = "bold $footer-key-foreground", "$footer-description-foreground"
    DISABLED = "dim $text-disabled"
    """How a key looks, what it does, and both where that is not possible."""
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; padding: 0 2; background: $footer-background; }
    """

    keys: reactive[tuple[Key, ...]] = reactive(())
    """Those that are on offer, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = False

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._ask)
        self._ask(self.screen)

    def render_line(self, y: int) -> Strip:
        said: list[tuple[str, str]] = []
        end = 0
        for start, key in self._placed():
            cap, verb = (self.CAP, self.VERB) if key.enabled else 2 * (self.DISABLED,)
            said += ((" " * (start - end), ""), (key.cap, cap), (f" {key.verb}", verb))
            end = start + key.width
        return self.line(tuple(said))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        key = self.key_at(event.get_content_offset_capture(self).x)
        self.tooltip = key.tooltip if key is not None else None

    def on_click(self, event: events.Click) -> None:
        key = self.key_at(event.get_content_offset_capture(self).x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()

    def key_at(self, column: int) -> Key | None:
        """The one that is drawn at this column of the line."""
        return next(
            (key for start, key in self._placed() if start <= column < start + key.width), None
        )

    def _placed(self) -> list[tuple[int, Key]]:
        """Each key and the column where it begins: as many as there is room for."""
        placed, start = [], 0
        for key in self.keys:
            if start + key.width > self.size.width:
                break
            placed.append((start, key))
            start += key.width + self.GAP
        return placed

    def _ask(self, screen: Screen[object]) -> None:
        """Look at the bindings once, however often they may have changed in this turn."""
        if not self._asked:
            self._asked = True
            self.call_later(self._look)

    def _look(self) -> None:
        self._asked = False
        # While the terminal is not in use, nothing has the focus, and no pane's key is active;
        # below a dialog the keys stay as they will be again.
        if not (self.is_attached and self.app.app_focus and self.app.screen is self.screen):
            return
        told: dict[str, Key] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in told:
                cap = self.app.get_key_display(binding)
                told[binding.action] = Key(
                    binding.key, cap, binding.description, enabled, tooltip or binding.description
                )
        self.keys = tuple(told.values())
