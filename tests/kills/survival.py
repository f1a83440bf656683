"""What came of each kill, and the table of them all."""

from collections.abc import Sequence

from msgspec import Struct

from tests.kills.moments import Moment

ACCOUNT = "account"
"""What is killed where it is not a run by a signal."""


class Survival(Struct, frozen=True):
    """What came of a run that was killed, or whose account was, at one moment."""

    what: str
    """The signal that the run got, or `ACCOUNT`."""
    moment: Moment
    complaints: tuple[str, ...]
    """What did not go well, in sentences."""
    ending: float = 0.0
    """Seconds from the signal to the end of the process, or from the kill to the new account."""
    recovery: float = 0.0
    """Seconds from the kill until the run had come to its right end and nothing was left."""

    def __str__(self) -> str:
        if not self.complaints:
            return f"{self.what} {self.moment}: well"
        return "\n  ".join((f"{self.what} {self.moment}:", *self.complaints))


def table(survivals: Sequence[Survival]) -> str:
    """A row for each kind of kill, as in tests/README.md."""
    lines = [
        "| killed | moments that went well | ended, or answers again, within | "
        "all is well within (median) |",
        "|--|--|--|--|",
    ]
    for what in dict.fromkeys(each.what for each in survivals):
        of_kind = [each for each in survivals if each.what == what]
        well = [each for each in of_kind if not each.complaints]
        ending = max((each.ending for each in well), default=0.0)
        recovery = sorted(each.recovery for each in well) or [0.0]
        median = recovery[len(recovery) // 2]
        lines.append(
            f"| {what} | {len(well)} of {len(of_kind)} | {ending:.1f}s | "
            f"{recovery[-1]:.1f}s ({median:.1f}s) |"
        )
    return "\n".join(lines)
