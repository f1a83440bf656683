"""What came of one try in one weather."""

from msgspec import Struct


class CellOutcome(Struct, frozen=True):
    """`complaints` are sentences; none means that all was right."""

    complaints: tuple[str, ...]
    end: str
    """How it ended, in a few words such as an exit code."""
    struck: int = 0
    """Requests that the weather struck."""
    took: float = 0.0
    """Seconds in the weather."""
    recovery: float = 0.0
    """Seconds until all was well in fair weather again; 0 where it was before."""
    lost: int = 0
    """Things, files or statuses that were lost."""
