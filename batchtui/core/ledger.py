"""What each run created and what became of it, on disk: one JSON file per run, without secrets."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.private_files import private_folder, write_private
from batchtui.core.recipe.model import DEFAULT_PATIENCE, Cleanup, Scalar
from batchtui.core.run.lock import RunLock

RUN_ID = re.compile(r"[a-z][a-z0-9]{0,30}")


class LedgerError(Exception):
    """A run is not in the ledger, or its file cannot be read or written: a sentence."""


class Kind(StrEnum):
    CONTAINER = "container"
    POOL = "pool"
    JOB = "job"


class Fact(StrEnum):
    """What is known of a thing. INTENDED: asked for, and perhaps made."""

    INTENDED = "intended"
    CREATED = "created"
    EXISTED = "existed"
    DELETED = "deleted"
    REFUSED = "refused"


class Outcome(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"
    UNFETCHED = "outputs not fetched"
    """It came to its end, and some of its outputs could not be downloaded."""


class Thing(Struct, frozen=True):
    kind: Kind
    name: str
    fact: Fact

    @property
    def ours(self) -> bool:
        """Whether the run made it, or may have, and it may still be there."""
        return self.fact in (Fact.INTENDED, Fact.CREATED)


class Wanted(Struct, frozen=True):
    """Outputs to download: the blobs of a container that fit a glob, into a folder."""

    container: str
    files: str
    to: str
    """Below the output folder."""


class Input(Struct, frozen=True):
    """A file to upload, as it was when the run began."""

    role: str
    """The container's role."""
    blob: str
    source: str
    """Its path on this machine."""
    size: int
    """Bytes."""
    modified: int
    """Nanoseconds since 1970."""
    md5: str
    """In hexadecimal."""


class Unfetched(Struct, frozen=True):
    """An output that is still where it was made, because it could not be downloaded."""

    container: str
    blob: str
    """Empty where the container could not be listed."""
    reason: str


class Verdict(Struct, frozen=True):
    """What came of the tasks, which stands whatever happens during the clean-up."""

    outcome: Outcome
    sentence: str = ""
    """Why, where it did not go well."""


class Record(Struct, frozen=True, kw_only=True):
    """All that is needed to go on with a run, or to clean up after it.

    What has a default may be missing in the ledgers of older versions.
    """

    run_id: str
    recipe: str
    file: str
    text: str = ""
    """The recipe as it was."""
    parameters: dict[str, Scalar]
    inputs: tuple[Input, ...] = ()
    uploaded: tuple[str, ...] = ()
    """The roles of the containers that hold all of their inputs."""
    labelled: bool = False
    """Whether its containers carry its id."""
    profile: str | None
    account: str
    endpoint: str
    output: str
    """The folder for the outputs."""
    pool_id: str
    job_id: str
    tasks: int
    """How many tasks the run has."""
    dependent: bool
    """Whether any of them waits for another."""
    submitted: bool = False
    timeout: float
    """Seconds from the submission."""
    patience: float = DEFAULT_PATIENCE.total_seconds()
    """Seconds for which a request is repeated while the service does not serve it."""
    downloads: tuple[Wanted, ...]
    cleanup: Cleanup
    started: datetime
    ended: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    verdict: Verdict | None = None
    fetched: bool = False
    """Whether all outputs are on this machine."""
    unfetched: tuple[Unfetched, ...] = ()
    """Those that the last attempt could not download."""
    things: tuple[Thing, ...] = ()

    @property
    def left(self) -> tuple[Thing, ...]:
        """What the run made and has not deleted."""
        return tuple(thing for thing in self.things if thing.ours)

    @property
    def resumable(self) -> bool:
        """Whether the run can be gone on with.

        Before its submission it takes the recipe as it was, which old ledgers lack, and all that
        was created until then; afterwards its job, until it is known what came of that.
        """
        if self.submitted:
            gone = self.fact(Kind.JOB, self.job_id) is Fact.DELETED
            return self.verdict is not None or not gone
        return bool(self.text) and all(thing.fact is not Fact.DELETED for thing in self.things)

    def fact(self, kind: Kind, name: str) -> Fact | None:
        """What is known of that thing; None for nothing."""
        return next((t.fact for t in self.things if (t.kind, t.name) == (kind, name)), None)

    def is_of(self, account: str, endpoint: str) -> bool:
        """Whether the run belongs to the account with that name and endpoint.

        Accounts of one name exist in several regions. One on this machine may have changed its
        port since; there, the name tells.
        """
        here, there = urlsplit(self.endpoint), urlsplit(endpoint)
        if _is_loopback(here.hostname) and _is_loopback(there.hostname):
            return self.account == account
        return (here.netloc.casefold(), here.path.rstrip("/")) == (
            there.netloc.casefold(),
            there.path.rstrip("/"),
        )

    def noting(self, kind: Kind, name: str, fact: Fact) -> "Record":
        """The same with this known of that thing."""
        thing = Thing(kind, name, fact)
        others = [old for old in self.things if (old.kind, old.name) != (kind, name)]
        return replace(self, things=(*others, thing))


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


class Ledger:
    """The records of all runs, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, record: Record) -> None:
        """Replace the run's file in one step, and wait until it is on the disk.

        Raises `LedgerError`. It takes a few milliseconds and is not handed to a thread: a run that
        is cancelled right now must not overtake what it wrote before.
        """
        file = self._file(record.run_id)
        try:
            private_folder(self.folder)
            write_private(file, msgspec.json.format(msgspec.json.encode(record)) + b"\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise LedgerError(f"Could not write {file}: {reason}. Is the disk full?") from error

    def knows(self, run_id: str) -> bool:
        """Whether the run is written down here. Raises `LedgerError` for what is no run's id."""
        return self._file(run_id).exists()

    def read(self, run_id: str) -> Record:
        """Raises `LedgerError`."""
        file = self._file(run_id)
        try:
            return msgspec.json.decode(file.read_bytes(), type=Record)
        except FileNotFoundError:
            raise LedgerError(
                f"There is no run {run_id!r}; `batchtui list runs` shows those that there are."
            ) from None
        except OSError as error:
            raise LedgerError(f"Could not read {file}: {error.strerror or error}.") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LedgerError(f"Could not read {file}: it is damaged ({error}).") from error

    def records(self, *, trouble: Callable[[LedgerError], None]) -> tuple[Record, ...]:
        """All runs, the newest first; `trouble` hears of each file that cannot be read.

        One damaged file must not hide what the other runs left.
        """
        records: list[Record] = []
        for file in self.folder.glob("*.json"):
            try:
                records.append(self.read(file.stem))
            except LedgerError as error:
                trouble(error)
        return tuple(sorted(records, key=lambda record: record.started, reverse=True))

    @contextmanager
    def holding(self, run_id: str) -> Iterator[None]:
        """Have the run to oneself. Raises `LedgerError` when another program has it."""
        lock = self._lock(run_id)
        try:
            with ExitStack() as stack:
                stack.enter_context(lock.holding())
                held = stack.pop_all()
        except BlockingIOError:
            raise LedgerError(
                f"Run {run_id} is still under way elsewhere; let it end, or interrupt it there."
            ) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise LedgerError(f"Could not lock run {run_id} in {self.folder}: {reason}.") from error
        with held:
            yield

    def under_way(self, run_id: str) -> bool:
        """Whether a program carries the run out at this moment; also where nobody can tell."""
        try:
            return self._lock(run_id).is_held()
        except OSError:
            return True

    def _lock(self, run_id: str) -> RunLock:
        return RunLock(self._file(run_id).with_suffix(".lock"))

    def _file(self, run_id: str) -> Path:
        if not RUN_ID.fullmatch(run_id):
            raise LedgerError(f"{run_id!r} is no run's id; `batchtui list runs` shows them.")
        return self.folder / f"{run_id}.json"
