"""Which world an account is to play, and how fast."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Play:
    """A world file, played at so many times the speed of time."""

    world: Path
    speed: float = 1.0

    def arguments(self) -> tuple[str, ...]:
        """The options of `batchtui local` that say the same."""
        return ("--world", str(self.world.resolve()), "--speed", f"{self.speed:g}")

    @property
    def folder(self) -> str:
        """The data directory's name among those of other worlds."""
        return self.world.stem


def has_faults(world: Path) -> bool:
    """Whether a world file, which has been read, has faults in it."""
    return bool(tomllib.loads(world.read_text("utf-8")).get("faults"))
