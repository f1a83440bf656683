"""What came of each kill, and the table of them all."""

import random
import signal
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from tests.kills.moments import Moment

OPTIONS = ((), ("--yes",), ("--json",), ("--cleanup", "always"))
"""What runs are started with, by turns."""
LATEST = 16
"""The last request of `batchtui wait` or `clean` at which it is killed too, if it makes so many."""


class Means(StrEnum):
    """What is done to a run: a signal, one more to the `batchtui wait` after it, or neither."""

    KILL = "SIGKILL"
    TERMINATE = "SIGTERM"
    INTERRUPT = "SIGINT"
    HANG_UP = "SIGHUP"
    TWICE = "SIGKILL twice"
    """To the run, and to the `batchtui wait` that goes on with it."""
    CLEAN = "SIGKILL, then in clean"
    """To the run, and to the `batchtui clean` that deletes what it left; then it is repeated."""
    LOST = "SIGKILL, ledger lost"
    """To the run; then `batchtui clean` has only the account to go by."""
    ACCOUNT = "account"
    """The local account is killed and started again."""

    @property
    def signal(self) -> signal.Signals:
        return signal.Signals[self.value.replace(",", "").split()[0]]


class Kill(Struct, frozen=True):
    """What is done to one run, and when."""

    means: Means
    moment: Moment
    options: tuple[str, ...] = ()
    """Of the command line."""
    later: tuple[int, bool] | None = None
    """At which request the second command is killed, and whether that is carried out."""

    def __str__(self) -> str:
        words = f"{self.means} {self.moment}"
        if self.later:
            nth, served = self.later
            words += f", then {'after' if served else 'before'} request {nth}"
        return " ".join((words, *self.options))


def kills_at(means: Means, moments: Sequence[Moment], seed: int) -> list[Kill]:
    """A kill at each of the moments, with options by turns."""
    dice = random.Random(f"{means} {seed}")
    twice = means in (Means.TWICE, Means.CLEAN)
    return [
        Kill(
            means,
            moment,
            OPTIONS[index % len(OPTIONS)],
            (dice.randint(1, LATEST), dice.random() < 0.5) if twice else None,
        )
        for index, moment in enumerate(moments)
    ]


class Survival(Struct, frozen=True):
    """What came of a kill."""

    kill: Kill
    complaints: tuple[str, ...]
    """What did not go well, in sentences."""
    ending: float = 0.0
    """Seconds from the signal to the end of the process, or from the kill to the new account."""
    recovery: float = 0.0
    """Seconds from the kill until the run had come to its right end and nothing was left."""

    def __str__(self) -> str:
        return "\n  ".join((f"{self.kill}:", *(self.complaints or ["It went well."])))


def table(survivals: Sequence[Survival]) -> str:
    """A row for each kind of kill, as in tests/README.md."""
    lines = [
        "| killed | moments that went well | ended, or answers again, within | "
        "all is well within (median) |",
        "|--|--|--|--|",
    ]
    for means in dict.fromkeys(each.kill.means for each in survivals):
        of_kind = [each for each in survivals if each.kill.means is means]
        well = [each for each in of_kind if not each.complaints]
        ending = max((each.ending for each in well), default=0.0)
        recovery = sorted(each.recovery for each in well) or [0.0]
        median = recovery[len(recovery) // 2]
        lines.append(
            f"| {means} | {len(well)} of {len(of_kind)} | {ending:.1f}s | "
            f"{recovery[-1]:.1f}s ({median:.1f}s) |"
        )
    return "\n".join(lines)
