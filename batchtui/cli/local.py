"""`batchtui local`: the local Batch account in the foreground."""

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchtui.local.connection import Connection
    from batchtui.local.faults.options import FaultOptions
    from batchtui.local.play import Play

ENV_FILE = "connection.env"
"""In the data directory, unless another file is named."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "local",
        help="run a local Batch account until Ctrl-C",
        description="Run a Batch account on this machine, for any Batch client, until Ctrl-C.",
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="port of the Batch service (a free one if left out)"
    )
    parser.add_argument(
        "--data-dir", type=Path, help="where the account keeps its state, blobs and keys"
    )
    parser.add_argument(
        "--env-file",
        type=Path,
        help=f"write the connection there as shell variables ({ENV_FILE} in the data directory)",
    )
    add_world(parser)
    add_faults(parser)
    # Another batchtui starts it so: it ends with the last that uses it.
    parser.add_argument("--while-used", action="store_true", help=argparse.SUPPRESS)


def add_world(parser: argparse.ArgumentParser) -> None:
    """The options of whatever can play a world."""
    parser.add_argument(
        "--world",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="play a world of simulated nodes and tasks, such as data/worlds/busy.toml",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        metavar="N",
        default=argparse.SUPPRESS,
        help="play it N times as fast as time goes by (1)",
    )


def add_faults(parser: argparse.ArgumentParser) -> None:
    """The options of whatever can start an account that misbehaves."""
    parser.add_argument(
        "--faults",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="have the local account misbehave as a file says, such as data/faults/storm.toml",
    )
    parser.add_argument(
        "--log-requests",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="write each request to it as a line of JSON (with faults: requests.log in its data)",
    )


def chosen_faults(args: argparse.Namespace) -> "FaultOptions | None":
    """The faults and the log that the command line asks for. Raises `UsageError`."""
    from batchtui.cli.trouble import UsageError
    from batchtui.local.faults.options import FaultOptions
    from batchtui.paths import fault_file, fault_files

    if "faults" not in args and "log_requests" not in args:
        return None
    file: Path | None = getattr(args, "faults", None)
    if file is not None and not os.path.isfile(file):
        shipped = fault_file(str(file))
        if shipped is None:
            names = ", ".join(shipped.stem for shipped in fault_files())
            raise UsageError(f"No fault file {file}: name {names}, or a file of your own.")
        file = shipped
    log = getattr(args, "log_requests", None)
    return FaultOptions(file.resolve() if file else None, request_log=log)


def chosen_play(args: argparse.Namespace) -> "Play | None":
    """The world that the command line asks for. Raises `UsageError`."""
    from batchtui.cli.trouble import UsageError
    from batchtui.local.play import Play
    from batchtui.paths import world_file, world_files

    if "world" not in args:
        if "speed" in args:
            raise UsageError("--speed goes with --world: only a world that is played has a speed.")
        return None
    world = args.world if os.path.isfile(args.world) else world_file(str(args.world))
    if world is None:
        names = ", ".join(file.stem for file in world_files())
        raise UsageError(f"There is no world {args.world}: name {names}, or a world file.")
    return Play(world, getattr(args, "speed", 1.0))


async def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; the exit code. Raises `LocalAccountError` and `UsageError`."""
    from batchtui.cli.trouble import UsageError
    from batchtui.core.private_files import write_private
    from batchtui.local.datadir import DataDir
    from batchtui.local.foreground import serve_until_stopped
    from batchtui.local.launch import READY

    def ready(connection: "Connection") -> None:
        env_file = args.env_file or connection.data_dir / ENV_FILE
        try:
            write_private(env_file, connection.exports())
        except OSError as error:
            raise UsageError(
                f"The connection cannot be written to {env_file}: {error.strerror}. Choose "
                "another file with --env-file."
            ) from error
        _say(READY if args.while_used else how_to_connect(connection, env_file))

    play = chosen_play(args)
    await serve_until_stopped(
        DataDir(args.data_dir, play=play),
        port=args.port,
        play=play,
        faults=chosen_faults(args),
        while_used=args.while_used,
        progress=_say,
        ready=ready,
    )
    if not args.while_used:
        _say("\nThe local Batch account has ended, and so has everything that it ran.")
    return 0


def how_to_connect(connection: "Connection", env_file: Path) -> str:
    """What a person needs to know, without the keys."""
    from batchtui.local.agent.environment import user_name

    what = "SIMULATED local Batch account" if connection.simulated else "local Batch account"
    storage = (
        f"{connection.storage_endpoint} (account {connection.storage_account})"
        if connection.storage_endpoint
        else "none: Azurite is not installed here"
    )
    runs = (
        "Nodes and tasks are SIMULATED: no process is started for them."
        if connection.simulated
        else f"Tasks run as {user_name()}, with all that this user may do."
    )
    faults = f"  Faults          {connection.faults}\n" if connection.faults else ""
    return f"""\
The {what} is running.

  Batch service   {connection.batch_endpoint} (account {connection.batch_account})
  Blob storage    {storage}
  Data directory  {connection.data_dir}
{faults}  Keys            not shown; {env_file} has them, for you alone

To use it from this machine's other programs (the az CLI, the SDKs, batchtui):

  . {shlex.quote(str(env_file))}

{runs} Press Ctrl-C to stop."""


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use 1 to 65535, or 0 for any")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.01 <= speed <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: use 0.01 to 10000, such as 60")
    return speed


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
