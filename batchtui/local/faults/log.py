"""The logs of an account with faults: each fault that it plays, and each request.

Lines of JSON, appended at once, to check afterwards what a client did. Neither file holds a
signature: of a query only the parameters that name something are kept.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec import Struct

from batchtui.local.faults.model import AccountService, FaultAction

FAULT_LOG = "faults.log"
"""In the account's data directory."""
REQUEST_LOG = "requests.log"
"""In the account's data directory, unless another file is named."""
LARGEST = 20_000_000
"""Bytes of a log from which on it is begun anew at the next start."""

_KEPT = frozenset(
    {"comp", "restype", "blockid", "prefix", "delimiter", "marker", "maxresults", "recursive"}
    | {"$filter", "$select", "$expand", "$skiptoken", "api-version", "force", "include"}
)


class FaultEvent(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A line of faults.log: `loaded`, `kept` (a new file is wrong), `struck`, `away` or `back`."""

    event: str
    time: str
    service: AccountService | None = None
    fault: str = ""
    do: FaultAction | None = None
    number: int = 0
    """How many requests this fault has struck so far."""
    request: int = 0
    """The request's number in the other log."""
    method: str = ""
    path: str = ""
    operation: str = ""
    carried_out: bool = False
    """Whether the service had carried the request out when it was struck."""
    message: str = ""


class RequestEvent(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A line about a request: `received`, `carried_out` (by the service) or `answered`.

    A `started` line stands before the first request of each account's process: numbers begin anew.
    """

    event: str
    time: str
    request: int = 0
    service: AccountService | None = None
    method: str = ""
    path: str = ""
    query: str = ""
    operation: str = ""
    user_agent: str = ""
    status: int = 0
    """The service's own when carried out; when answered that of the answer, 0 for none."""
    carried_out: bool = False
    """When answered: whether the service carried it out."""
    made: tuple[str, ...] = ()
    """When carried out: the paths of what the request created."""
    faults: tuple[str, ...] = ()
    """When answered: those that struck it."""
    process: int = 0


class JsonLines:
    """A private file of JSON lines that is only ever appended to."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        if os.fstat(self._file).st_size > LARGEST:
            os.ftruncate(self._file, 0)

    def write(self, line: Struct) -> None:
        os.write(self._file, msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        os.close(self._file)


def timestamp() -> str:
    """The time of day in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def safe_query(query: str) -> str:
    """A query with the parameters that are known to hold no secret."""
    pairs = parse_qsl(query.encode(errors="replace").decode(), errors="replace")
    return urlencode([(name, value) for name, value in pairs if name in _KEPT])
