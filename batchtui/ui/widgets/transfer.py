"""How far a transfer is: a bar, files, bytes, rate and time left."""

import time
from collections import deque

from textual.content import Content
from textual.reactive import reactive

from batchtui.core.transfer import Progress
from batchtui.core.wording import in_bytes, in_time, many
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.tones import Spans, Tone, content, joined


class Pulse:
    """The rate of the last seconds, in bytes per second."""

    WINDOW = 5.0
    """Seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def beat(self, moment: float, size: int) -> None:
        """At that moment, in seconds on any clock, so many bytes had gone through."""
        self._samples.append((moment, size))
        while len(self._samples) > 2 and self._samples[1][0] < moment - self.WINDOW:
            self._samples.popleft()

    @property
    def rate(self) -> float:
        """0 while nobody can tell."""
        if len(self._samples) < 2:
            return 0.0
        (began, first), (ended, last) = self._samples[0], self._samples[-1]
        return (last - first) / (ended - began) if ended > began else 0.0


class TransferBar(Contained):
    """Two lines: the bar, and what it says in words."""

    DEFAULT_CSS = "TransferBar { height: 2; }"

    progress: reactive[Progress] = reactive(Progress(), init=False)

    def __init__(self) -> None:
        super().__init__()
        self._pulse = Pulse()

    def watch_progress(self, progress: Progress) -> None:
        self._pulse.beat(time.monotonic(), progress.size)

    def render(self) -> Content:
        progress = self.progress
        done, total = progress.size, progress.of_size
        if not total:
            done, total = progress.files, progress.of_files
        whole = bar(((done, Tone.ACTIVE),), total, self.size.width)
        return Content("\n").join((content(whole), content(said(progress, self._pulse.rate))))


def said(progress: Progress, rate: float) -> Spans:
    """`3 of 12 files   1.2 MB of 3.4 MB   410.0 KB/s   5.4 s left`."""
    files = f"{progress.files:,} of {many(progress.of_files, 'file')}"
    sizes = f"{in_bytes(progress.size)} of {in_bytes(progress.of_size)}"
    parts: list[Spans] = [((files, Tone.PLAIN),), ((sizes, Tone.PLAIN),)]
    left = progress.of_size - progress.size
    if rate > 0 and left > 0:
        parts.append(((f"{in_bytes(round(rate))}/s", Tone.MUTED),))
        parts.append(((f"{in_time(left / rate)} left", Tone.MUTED),))
    return joined(parts, "   ")
