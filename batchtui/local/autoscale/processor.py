"""How busy the processors of this machine are, which all nodes share."""

from pathlib import Path

_STAT = Path("/proc/stat")
_IDLE = slice(3, 5)
"""Columns of the time spent idle and waiting for disks."""


class Processor:
    """Measures from one look to the next, by a file as Linux has it."""

    def __init__(self, stat: Path = _STAT) -> None:
        self._stat = stat
        self.measurable = stat.is_file()
        """Whether there is anything to measure."""
        self._busy, self._all = self._times() if self.measurable else (0, 0)
        self._last = 0.0

    def usage(self) -> float:
        """The share of all cores that was busy since the last look, from 0 to 1."""
        busy, all_ = self._times()
        passed = all_ - self._all
        if passed > 0:
            self._last = (busy - self._busy) / passed
            self._busy, self._all = busy, all_
        return self._last

    def _times(self) -> tuple[int, int]:
        """Clock ticks since the machine started: busy, and all."""
        first = self._stat.read_text().partition("\n")[0]
        # The guests' columns after the eighth are counted in the first two already.
        ticks = [int(word) for word in first.split()[1:9]]
        return sum(ticks) - sum(ticks[_IDLE]), sum(ticks)
