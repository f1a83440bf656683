"""batchtui as a user starts it, in processes of its own, with folders of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds for one command; Azurite may have to be installed first."""

TINY = """
name = "tiny"
[parameters.command]
default = "true"
[parameters.start]
default = "true"
[parameters.tasks]
default = 2
[containers]
output = "tiny-{run}-output"
[pool]
id = "tiny-{run}"
vm_size = "standard_d2s_v3"
dedicated = 1
slots = 4
image = { publisher = "canonical", offer = "0001-com-ubuntu-server-jammy", sku = "22_04-lts" }
[pool.start_task]
command = "/bin/sh -c '{param.start}'"
[job]
id = "tiny-{run}"
[[tasks]]
sweep = { n = { from = 1, to = "{param.tasks}" } }
id = "tiny-{sweep.n}"
command = "/bin/sh -c '{param.command}'"
output_files = [{ pattern = "*.out", container = "output" }]
environment = { N = "{sweep.n}" }
[monitor]
timeout = "1m"
[[downloads]]
from = "output"
[cleanup]
containers = "delete"
job = "delete"
pool = "delete"
[cleanup.on_failure]
containers = "delete"
job = "delete"
pool = "delete"
"""


class Stack:
    """Command lines in an environment where nothing but the cache is shared with the user's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.endpoint = ""
        """Of the local account, where one was started beforehand."""
        own = {"HOME", "PATH", "LANG", "TMPDIR", "XDG_CACHE_HOME", "BATCHTUI_AZURITE", "NO_PROXY"}
        kept = {name: value for name, value in os.environ.items() if name in own}
        self.environment = {
            **kept,
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        self.tiny = folder / "tiny.toml"
        self.tiny.write_text(TINY)

    def start(self, *words: str, more: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "batchtui", *words],
            cwd=self.folder,
            env={**self.environment, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __call__(self, *words: str, more: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Exit code, and stdout with stderr."""
        with self.start(*words, more=more) as process:
            try:
                out, _ = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        return process.returncode, out


def until(stream: IO[str], pattern: str) -> str:
    """All lines up to the first that fits. The process's end is the end of the wait too."""
    seen = []
    for line in stream:
        seen.append(line)
        if re.search(pattern, line):
            return "".join(seen)
    raise AssertionError(f"{pattern!r} never came:\n{''.join(seen)}")


def interrupt(process: "subprocess.Popen[str]") -> str:
    """Ctrl-C, and what the process says from then on."""
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    return out
