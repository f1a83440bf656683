"""A program in a pseudo-terminal, as a person has it before them."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 40.0
"""Seconds after which what a test waits for is not going to come."""
ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_][^\x1b]*\x1b\\"
)
READY = "westus"
PROGRAM = (sys.executable, "-m", "tests.ui.pty_program")


class Pty:
    """A terminal of 80 columns and 24 rows, and a program that it is the controlling one of."""

    def __init__(self, home: Path, *program: str, **variables: str | None) -> None:
        self.home = home
        master, slave = pty.openpty()
        self._master = master
        self.resize(80, 24)
        self.modes_before = termios.tcgetattr(slave)
        names = ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
        environment = os.environ | dict.fromkeys(names, str(home)) | {"TERM": "xterm-256color"}
        environment |= {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        for name in ("TMUX", "COLUMNS", "LINES"):
            environment.pop(name, None)
        for name, value in variables.items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        self.process = subprocess.Popen(
            program or PROGRAM,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.line = slave
        self.seen = b""
        """All that the program wrote since the last `forget`."""

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def text(self) -> str:
        """What was written since, without escape sequences.

        A character whose first bytes were forgotten, or whose last have yet to come, is left out.
        """
        begun = self.seen.lstrip(bytes(range(0x80, 0xC0)))
        whole = codecs.getincrementaldecoder("utf-8")("replace")
        return whole.decode(ESCAPES.sub(b"", begun))

    @property
    def modes(self) -> list[object]:
        """Of the terminal, as the program left them."""
        return termios.tcgetattr(self.line)

    def type(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        while data:
            self.read(0)
            data = data[os.write(self._master, data[:512]) :]

    def forget(self) -> None:
        while self.read(0):
            self.seen = b""
        self.seen = b""

    def read(self, patience: float) -> bool:
        """Take what the program writes; whether it wrote anything in that time."""
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            piece = os.read(self._master, 65536)
        except OSError:
            return False
        self.seen += piece
        return bool(piece)

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"did not come about: {what}\n{self.text[-2000:]}"
            self.read(0.02)

    def shows(self, text: str) -> None:
        """Wait until the program has written this since the last `forget`."""
        self.until(lambda: text in self.text, text)

    def watch(self, seconds: float) -> None:
        """Take what is written in so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def ended(self) -> int:
        """The exit code, once the program has ended."""
        self.until(lambda: self.process.poll() is not None, "the end")
        while self.read(0):
            pass
        assert self.process.returncode is not None
        return self.process.returncode

    def threads(self) -> list[str]:
        """The names of the program's threads."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return [(task / "comm").read_text().strip() for task in tasks.iterdir()]

    def state(self) -> str:
        """`T` while the process is stopped."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0]

    def children(self) -> list[int]:
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal() and _parent(entry) == self.process.pid
        ]

    def detach(self) -> None:
        """Have the terminal's end signal nobody, as where another process leads the session."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.until(lambda: self.state() == "T", "the stop")

    def hang_up(self) -> None:
        """Close the terminal, as a window or a connection that goes away."""
        os.close(self.line)
        os.close(self._master)
        self._master = self.line = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            self.hang_up()


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextmanager
def dashboard(home: Path, *program: str, **variables: str | None) -> Iterator[Pty]:
    """The dashboard in a terminal, once it shows its account."""
    terminal = Pty(home, *program, **variables)
    try:
        yield terminal
    finally:
        terminal.close()
