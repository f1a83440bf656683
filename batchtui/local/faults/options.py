"""Which faults an account is to play, and where it writes down what it was asked."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FaultOptions:
    """A fault file, a world file with faults in it, or only a log of requests."""

    file: Path | None = None
    in_world: bool = False
    """Whether the file describes a world too."""
    request_log: Path | None = None
    """In the data directory if left out."""

    def arguments(self) -> tuple[str, ...]:
        """The options of `batchtui local` that say the same."""
        named = self.file is not None and not self.in_world
        file = ("--faults", str(self.file.resolve())) if self.file and named else ()
        log = ("--log-requests", str(self.request_log.resolve())) if self.request_log else ()
        return (*file, *log)
