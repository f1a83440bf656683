"""The command line: finds the command, runs it, and answers its exit code."""

import asyncio
import importlib
import os
import sys
from collections.abc import Sequence

from batchtui.cli.options import parser

MODULES = {
    None: "batchtui.cli.dashboard",
    "demo": "batchtui.cli.dashboard",
    "local": "batchtui.cli.local",
    "run": "batchtui.cli.run",
    "wait": "batchtui.cli.wait",
    "clean": "batchtui.cli.clean",
    "list": "batchtui.cli.list",
}
"""Where each command is, to be imported once it is chosen: `--help` shall not wait for SDKs.

Each module has `async def run(args) -> int`, which answers the exit code or raises
one of `batchtui.cli.trouble.EXPECTED`.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; its exit code. What no command expects is a bug and is raised."""
    options = parser()
    args = options.parse_args(argv)
    if args.command not in (None, "local") and ("world" in args or "speed" in args):
        options.error("--world and --speed are for the dashboard and for batchtui local")
    args.profile = getattr(args, "profile", None)
    # The command brings all of these with it; `--help` has ended by now.
    from batchtui.cli.trouble import CODES, EXPECTED, say

    command = importlib.import_module(MODULES[args.command])
    if args.command != "local":
        # A local account goes on beside other commands, and two processes must not rotate one file.
        from batchtui.logs import start_logging

        start_logging()
    try:
        code: int = asyncio.run(command.run(args))
        sys.stdout.flush()
    except EXPECTED as error:
        say(str(error))
        return next(code for kind, code in CODES.items() if isinstance(error, kind))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of the output has left (`| head`). Python would complain of it once more when
        # it flushes at exit, so what is still to be written goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code
