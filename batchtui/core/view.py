"""How a user wants to see a table."""

from msgspec import Struct


class View(Struct, frozen=True):
    """The column that a table is sorted by, and the columns that it shows, by their names."""

    sort: str = ""
    """Empty for the order in which the records come."""
    descending: bool = False
    shown: tuple[str, ...] = ()
    """Empty for the columns that are shown to whoever did not choose any."""
