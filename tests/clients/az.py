"""The az CLI as a person calls it: one process for each command."""

import json
import re
from pathlib import Path
from typing import Any

from batchtui.local.connection import Connection

from .programs import run

REQUIREMENTS = ("azure-cli==2.91.0",)

_CODE = re.compile(r"ERROR: \((\w+)\)")


class AzError(Exception):
    """A command that failed: the service's code, if it said one, and the exit code."""

    def __init__(self, command: tuple[str, ...], exit_code: int, said: str) -> None:
        found = _CODE.search(said)
        self.code = found[1] if found else ""
        self.exit_code = exit_code
        self.said = said
        super().__init__(f"az batch {' '.join(command)}: exit code {exit_code}\n{said}")


class Az:
    """`az batch` with the connection in its environment, in a home folder of its own."""

    def __init__(self, python: Path, connection: Connection, home: Path) -> None:
        self._program = str(python.with_name("az"))
        self._connection = connection
        self.home = home

    def __call__(self, *command: str, **settings: str) -> Any:
        """The JSON that a command prints, None if it prints nothing; raises `AzError`.

        `settings` are variables of the command's environment.
        """
        done = run(
            [self._program, "batch", *command, "--output", "json", "--only-show-errors"],
            self._connection,
            self.home,
            settings={
                "AZURE_CONFIG_DIR": str(self.home / "azure"),
                "AZURE_CORE_COLLECT_TELEMETRY": "no",
                **settings,
            },
        )
        if done.code:
            raise AzError(command, done.code, done.err)
        return json.loads(done.out) if done.out.strip() else None

    def write(self, name: str, body: object) -> str:
        """A file for `--json-file`: its path."""
        path = self.home / name
        path.write_text(json.dumps(body))
        return str(path)
