"""Which commands change the account, and are refused where that may not be."""

from textual.actions import parse
from textual.binding import Binding

CHANGING = frozenset({"order", "new", "upload", "again", "again_all", "run_recipe"})
"""The actions that do."""
READING = frozenset({"download"})
"""The orders that do not."""


def changes(binding: Binding) -> bool:
    """Whether the command changes the account."""
    _, action, parameters = parse(binding.action)
    return action in CHANGING and not (parameters and parameters[0] in READING)
