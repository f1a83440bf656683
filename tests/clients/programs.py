"""Running a client's program in a process of its own, with an account's connection."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchtui.local.connection import Connection

ROOT = Path(__file__).parents[2]
"""From here Python finds the scripts by their module names."""

# A port where nobody listens: what is not the account's own fails at once.
NOWHERE = "http://127.0.0.1:9"


PATIENCE = 180.0
"""Seconds for one program."""


class ProgramError(Exception):
    """A program that failed, with what it wrote to its standard error."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that has ended."""

    code: int
    out: str
    err: str

    def report(self) -> Any:
        """The JSON of its last line; raises `ProgramError` unless it ended well."""
        if self.code:
            raise ProgramError(f"Exit code {self.code}:\n{self.err}")
        return json.loads(self.out.splitlines()[-1])


def run(
    command: list[str],
    connection: Connection,
    home: Path,
    *,
    settings: Mapping[str, str] | None = None,
    proxied: bool = True,
) -> Finished:
    """Run a program to its end.

    Its environment holds the connection, `settings`, this process's PATH, and a home folder of its
    own. If it is `proxied`, its HTTP to anywhere but this machine goes nowhere.
    """
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)}
    if proxied:
        environment |= {"HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}
        environment |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        command,
        cwd=home,
        env={**environment, **connection.environment(), **(settings or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)
