"""Accounts in processes of their own, and clients of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


class LocalCommand:
    """A `batchtui local` on a data directory."""

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.data_dir = data_dir
        self.process = subprocess.Popen(
            [sys.executable, "-m", "batchtui", "local", "--data-dir", str(data_dir), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, end: str) -> str:
        """What it says up to a line that holds `end`, or to its end."""
        assert self.process.stdout is not None
        text = ""
        for line in self.process.stdout:
            text += line
            if end in line:
                break
        return text

    def kill(self) -> None:
        """With SIGKILL, which no program can prepare for."""
        self.process.kill()
        self.process.wait()

    def finish(self) -> tuple[int, str]:
        """Its exit code and what it still had to say."""
        rest, _ = self.process.communicate(timeout=20)
        return self.process.returncode, rest


@pytest.fixture
def local_commands() -> Iterator[list[LocalCommand]]:
    """Those in the list are stopped at the end of the test."""
    commands: list[LocalCommand] = []
    yield commands
    for command in commands:
        if command.process.poll() is None:
            command.process.terminate()
        command.finish()


def processes_of(data_dir: Path) -> set[int]:
    """The processes that an account on this directory started and that still run."""
    mark = os.fsencode(data_dir)
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            facts = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if mark in facts:
            found.add(int(entry.name))
    return found - {os.getpid()}
