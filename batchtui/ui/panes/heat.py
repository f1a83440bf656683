"""What every pane with a heatmap does: marks nodes, and lets some of them stand out."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.reactive import var

from batchtui.core.models import Node
from batchtui.core.stuck import stuck_among
from batchtui.ui.panes.taking import TakingPane
from batchtui.ui.widgets.heatmap import NodeHeatmap
from batchtui.ui.widgets.legend import Legend
from batchtui.ui.widgets.tiles import Lens


class HeatPane(TakingPane):
    """A heatmap, and a legend that also chooses; both are looked at through one lens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "trouble", "Next trouble",
                tooltip="Go to the next node that failed, is stuck, or stands out",
                id="nodes.trouble"),
        Binding("F", "trouble(True)", "Trouble before", show=False,
                tooltip="Go to the node before that failed, is stuck, or stands out",
                id="table.trouble_before"),
        Binding("v", "choose(1)", "Show only", show=False,
                tooltip="Let the nodes of the legend's next entry stand out", id="table.choose"),
        Binding("V", "choose(-1)", "Show only, back", show=False,
                tooltip="Let the nodes of the legend's entry before stand out",
                id="table.choose_before"),
        Binding("space", "mark", "Mark", show=False, tooltip="Mark this node, or unmark it",
                id="table.mark"),
        Binding("ctrl+a", "mark_all", "Mark all", show=False,
                tooltip="Mark every node that stands out", id="table.mark_all"),
        Binding("ctrl+backslash", "mark_none", "Mark none", show=False,
                tooltip="Take all marks away", id="table.mark_none"),
        Binding("plus,equals_sign", "enlarge(1)", "Larger", show=False,
                tooltip="Draw the nodes larger", id="table.larger"),
        Binding("minus", "enlarge(-1)", "Smaller", show=False,
                tooltip="Draw the nodes smaller, down to where all are seen", id="table.smaller"),
    ]  # fmt: skip

    lens: var[Lens] = var(Lens(), init=False)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.heatmap = NodeHeatmap()
        self.legend = Legend(classes="legend")

    @property
    def highlighted(self) -> Node | None:
        """The node under the cursor, though nobody may have been told of it yet."""
        return self.heatmap.highlighted

    @property
    def marked(self) -> tuple[Node, ...]:
        marked = self.lens.marked
        return tuple(node for node in self.heatmap.nodes if node.id in marked) if marked else ()

    @property
    def names(self) -> tuple[str, ...]:
        here = () if self.highlighted is None else (self.highlighted,)
        return tuple(node.id for node in self.marked or here)

    def watch_lens(self, lens: Lens) -> None:
        self.heatmap.lens = lens
        self.legend.stuck, self.legend.marked = len(lens.stuck), len(lens.marked)
        self.legend.chosen = lens.chosen
        self.summarise()

    def on_mount(self) -> None:
        super().on_mount()
        self.watch(self.heatmap, "scale", self.rescale)

    def rescale(self) -> None:
        """The nodes are drawn in another size."""
        self.legend.tight = self.heatmap.scale.width == 1
        self.summarise()

    def action_trouble(self, back: bool = False) -> None:
        wanted = self.lens.shows if self.lens.chosen else self.lens.alarming
        if not self.heatmap.seek(wanted, back=back):
            self.notify("No node failed or is stuck.", title=self.NAME)

    def action_mark(self) -> None:
        """Mark what stands out of the cell under the cursor; unmark it if all is marked."""
        here = frozenset(node.id for node in self.heatmap.here if self.lens.shows(node))
        marked = self.lens.marked
        self.lens = replace(self.lens, marked=marked - here if here <= marked else marked | here)

    def action_mark_all(self) -> None:
        shown = frozenset(node.id for node in self.heatmap.nodes if self.lens.shows(node))
        self.lens = replace(self.lens, marked=self.lens.marked | shown)

    def action_mark_none(self) -> None:
        self.lens = replace(self.lens, marked=frozenset())

    def action_choose(self, step: int) -> None:
        """Go through the legend; after its last entry, and before its first, nothing is chosen."""
        keys = ("", *self.legend.keys)
        here = keys.index(self.lens.chosen) if self.lens.chosen in keys else 0
        self.lens = replace(self.lens, chosen=keys[(here + step) % len(keys)])

    @on(Legend.Chosen)
    def choose(self, message: Legend.Chosen) -> None:
        chosen = "" if message.key == self.lens.chosen else message.key
        self.lens = replace(self.lens, chosen=chosen)

    def action_enlarge(self, step: int) -> None:
        self.heatmap.larger += step

    def look(self) -> None:
        """Take the time of day, and what is stuck at that time, into the lens."""
        stuck = stuck_among(self.heatmap.nodes, self.now)
        self.lens = replace(self.lens, now=self.now, stuck=stuck)

    def summarise(self) -> None:
        """Say in the subtitle how many nodes there are, and how many of them are marked."""
        raise NotImplementedError
