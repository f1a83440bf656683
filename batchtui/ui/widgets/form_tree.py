"""The folders of this machine, for picking files from."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from rich.style import Style
from rich.text import Text, TextType
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.widgets import DirectoryTree
from textual.widgets.directory_tree import DirEntry
from textual.widgets.tree import TreeNode

from batchtui.core.plain import visible
from batchtui.ui.widgets.contained import Contained


class PickTree(DirectoryTree, Contained):
    """Asks for files and whole folders to be picked; those that are picked bear a check mark."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "
    DEFAULT_CSS = """
    PickTree {
        background: $surface;
        padding: 0;
        scrollbar-size: 1 1;
        & > .directory-tree--extension { text-style: none; }
        &:focus { background-tint: $surface 0%; }
        & > .tree--cursor { background: $row; }
        &:focus > .tree--cursor { background: $row-focused; color: $foreground; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pick", "Pick", tooltip="Pick this file or folder, or not"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("l,right", "unfold(True)", show=False),
        Binding("h,left", "unfold(False)", show=False),
    ]

    picked: var[frozenset[Path]] = var(frozenset[Path](), init=False)

    class PickRequested(Message):
        """The user wants this file or folder, or wants it no longer."""

        def __init__(self, path: Path) -> None:
            self.path = path
            super().__init__()

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Hidden files are left out: they are seldom meant, and can be typed."""
        return (path for path in paths if not path.name.startswith("."))

    def process_label(self, label: TextType) -> Text:
        return Text(visible(str(label)))

    def watch_picked(self) -> None:
        self._clear_line_cache()
        self.refresh()

    def render_label(self, node: TreeNode[DirEntry], base_style: Style, style: Style) -> Text:
        label = super().render_label(node, base_style, style)
        if node.data is None or node.data.path not in self.picked:
            return label
        return Text.assemble(label, (" ✓", style + Style(bold=True)))

    def action_pick(self) -> None:
        node = self.cursor_node
        if node is not None and node.data is not None:
            self.post_message(self.PickRequested(node.data.path))

    def action_unfold(self, open_it: bool) -> None:
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded is not open_it:
            node.toggle()
        elif not open_it:
            self.action_cursor_parent()
