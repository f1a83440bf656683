"""The command line: finds the command, runs it, and answers its exit code."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Sequence

from batchtui.cli import streams
from batchtui.cli.codes import CRASHED, INTERRUPTED, NO_READER, REFUSED
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
    """Run a command line; its exit code. A bug is reported in a file, which a sentence names."""
    streams.prepare()
    try:
        code = _run(argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the output has left (`| head`).
        streams.discard_output()
        return NO_READER
    except streams.OutputError as error:
        streams.discard_output()
        streams.say(str(error))
        return REFUSED
    except Exception as error:  # noqa: BLE001
        # Whatever nobody expected comes here: a bug, which is to be reported rather than shown.
        from batchtui.crash import report

        streams.say(report(error))
        return CRASHED
    return code


def _run(argv: Sequence[str] | None) -> int:
    try:
        args = _parsed(argv)
    except SystemExit:
        # `--help`, which shall not wait for what commands bring with them, or a wrong word.
        sys.stdout.flush()
        raise
    # The command brings all of these with it.
    from batchtui.cli.trouble import CODES, EXPECTED

    try:
        return _carried_out(args)
    except EXPECTED as error:
        streams.say(str(error))
        return next(code for kind, code in CODES.items() if isinstance(error, kind))


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    options = parser()
    args = options.parse_args(argv)
    if args.command not in (None, "local") and ("world" in args or "speed" in args):
        options.error("--world and --speed are for the dashboard and for batchtui local")
    if args.command not in (None, "demo", "local") and ("faults" in args or "log_requests" in args):
        options.error("--faults and --log-requests are for the dashboard and for batchtui local")
    args.profile = getattr(args, "profile", None)
    return args


def _carried_out(args: argparse.Namespace) -> int:
    command = importlib.import_module(MODULES[args.command])
    if args.command == "local":
        # It goes on beside other commands, and two processes must not rotate one log file.
        code: int = asyncio.run(command.run(args))
        return code
    from batchtui.cli.signals import until_told_to_end
    from batchtui.crash import watch_loop, watch_threads
    from batchtui.logs import start_logging

    start_logging()
    watch_threads()

    async def watched() -> int:
        watch_loop(asyncio.get_running_loop())
        return await until_told_to_end(command.run(args))

    return asyncio.run(watched())
