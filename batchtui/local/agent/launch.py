"""What the agent is asked to do, and what came of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Linger:
    """Lets what a command leaves running outlive it."""

    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the command itself has succeeded."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by whoever wants the rest to be ended."""


@dataclass(frozen=True, slots=True)
class Launch:
    """One run of one task.

    `environment` holds the AZ_BATCH_* variables and the task's own; the agent adds PATH, HOME
    and the like. Resource and output files are the wire's JSON objects as the client sent them.
    """

    command_line: str
    """Split into arguments as the service does it; no shell sees it."""
    root: Path
    """The task's root directory; wd/, certs/, stdout.txt and stderr.txt are made in it."""
    environment: Mapping[str, str]
    resource_files: tuple[Mapping[str, Any], ...] = ()
    output_files: tuple[Mapping[str, Any], ...] = ()
    max_wall_clock: timedelta | None = None
    shared: Path | None = None
    """The directory that `common_files` go to."""
    common_files: tuple[Mapping[str, Any], ...] = ()
    appends: bool = False
    """Whether its streams go on where those of a command before it ended."""
    linger: Linger | None = None
    """An executor that cannot let anything linger runs the command to its end and no further."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed, in the members of the wire's `failureInfo`."""

    category: str
    """`UserError` or `ServerError`."""
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = ()
    """Pairs of name and value."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run has used of the machine."""

    user: int
    """Microseconds of processor time in the programs themselves."""
    kernel: int
    """Microseconds of processor time in the system on their behalf."""
    reads: int
    """Blocks of 512 bytes read from disk."""
    writes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `failure` is None for a success only."""

    exit_code: int | None
    """None when the command never ran."""
    started: datetime | None
    """When the agent began with the resource files; None if it never did."""
    ended: datetime
    failure: Failure | None = None
    usage: Usage | None = None
    """None where nobody measures it, and for what never ran."""
