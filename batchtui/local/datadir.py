"""The data directory of a local account: who serves it, its keys, and where it answers."""

import base64
import fcntl
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar
from urllib.parse import urlsplit

import msgspec
import platformdirs

from batchtui.core.private_files import private_folder, write_private
from batchtui.core.redact import hold
from batchtui.local.connection import Connection
from batchtui.local.play import Play
from batchtui.local.trouble import DataDirError, LocalAccountError, unusable

ACCOUNT_NAME = "local"
STORAGE_NAME = "localstorage"
KEY_BYTES = 64
TRIES = 5
PAUSE = 0.02
"""Seconds between two tries for the lock."""

S = TypeVar("S", bound=msgspec.Struct)


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    """The names and keys of a data directory's account, made once."""

    batch_account: str
    batch_key: str
    storage_account: str
    storage_key: str

    def __repr__(self) -> str:
        return f"Identity({self.batch_account!r}, {self.storage_account!r})"


class Running(msgspec.Struct, frozen=True, rename="camel"):
    """Where the account of a data directory answers, and which process it is."""

    pid: int
    batch_endpoint: str
    storage_endpoint: str
    simulated: bool = False
    faults: str = ""
    """The fault file that it plays."""


class Ports(msgspec.Struct, frozen=True, rename="camel"):
    """The ports of last time, so that addresses in tasks and settings hold after a restart."""

    batch: int = 0
    storage: int = 0
    azurite: int = 0
    """Azurite's own where a proxy stands before it, which has the port of storage then."""


class DataDir:
    """A data directory by its path; nothing is made until `prepare`."""

    def __init__(self, path: Path | None = None, *, play: Play | None = None) -> None:
        """`path` is below the user's own data directory for batchtui when it is None.

        There each world that is played has a directory of its own.
        """
        default = platformdirs.user_data_path("batchtui").joinpath(
            *(("worlds", play.folder) if play else ("local",))
        )
        try:
            # Without links: the warden knows the account's processes by the paths in their
            # environment.
            self.path = (path or default).expanduser().resolve()
        except (RuntimeError, OSError, ValueError) as error:
            # No such user, or links that go round.
            raise DataDirError(
                f"{path} cannot be a data directory: {error}. Choose another with --data-dir."
            ) from error

    def prepare(self) -> None:
        """Make the directory, for its owner only. Raises `DataDirError`."""
        with self._sentences("make"):
            private_folder(self.path)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the directory. Raises `LocalAccountError` if another account holds it.

        `DataDirError` if nobody can.
        """
        with self._sentences("write to"):
            file = (self.path / "lock").open("a")
        with file:
            if not _take(file):
                raise LocalAccountError(
                    f"Another local account is running on {self.path}: use that one, stop it, or "
                    "give this one a directory of its own with --data-dir."
                )
            yield

    def claim(self, *, simulated: bool) -> None:
        """Keep plays, which begin anew each time, apart from accounts that last. Hold the lock.

        Raises `LocalAccountError`.
        """
        mark = self.path / "simulated"
        with self._sentences("write to"):
            if simulated and not mark.exists() and (self.path / "account.json").exists():
                raise LocalAccountError(
                    f"{self.path} holds a local account, which a play would overwrite: give the "
                    "world a directory of its own with --data-dir, or leave that out."
                )
            if mark.exists() and not simulated:
                raise LocalAccountError(
                    f"{self.path} belongs to a simulated world: give the account a directory of "
                    "its own with --data-dir, or play the world there with --world."
                )
            if simulated:
                mark.touch(mode=0o600)

    def is_held(self) -> bool:
        """Whether an account serves this directory at the moment."""
        try:
            with (self.path / "lock").open("a") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # no such directory, or one that nobody can serve
            return False
        return False

    def identity(self) -> Identity:
        """The account's names and keys, made at random the first time. Hold the lock."""
        path = self.path / "account.json"
        with self._sentences("read the account's keys in"):
            if path.exists():
                identity = _decode(path, Identity)
            else:
                identity = Identity(ACCOUNT_NAME, _random_key(), STORAGE_NAME, _random_key())
                write_private(path, msgspec.json.encode(identity).decode())
        hold(identity.batch_key, identity.storage_key)
        return identity

    def ports(self) -> Ports:
        """The ports of last time; zeros the first time."""
        path = self.path / "ports.json"
        with self._sentences("read"):
            return _decode(path, Ports) if path.exists() else Ports()

    @contextmanager
    def announced(self, connection: Connection, pid: int, *, azurite: int = 0) -> Iterator[None]:
        """While this lasts, others find the account by `connection`.

        `azurite` is Azurite's port where it is not that of the connection.
        """
        here = Running(
            pid,
            connection.batch_endpoint,
            connection.storage_endpoint,
            connection.simulated,
            connection.faults,
        )
        ports = Ports(
            port_of(connection.batch_endpoint), port_of(connection.storage_endpoint), azurite
        )
        path = self.path / "running.json"
        with self._sentences("write to"):
            write_private(self.path / "ports.json", msgspec.json.encode(ports).decode())
            write_private(path, msgspec.json.encode(here).decode())
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

    def connection(self, *, started: bool = False) -> Connection | None:
        """How to reach the account that announced itself here; None if none did."""
        path = self.path / "running.json"
        try:
            running = _decode(path, Running)
            identity = _decode(self.path / "account.json", Identity)
        except FileNotFoundError:
            return None
        hold(identity.batch_key, identity.storage_key)
        return self.reached(
            identity,
            running.batch_endpoint,
            running.storage_endpoint,
            started=started,
            simulated=running.simulated,
            faults=running.faults,
        )

    def reached(
        self,
        identity: Identity,
        batch_endpoint: str,
        storage_endpoint: str,
        started: bool,
        *,
        simulated: bool = False,
        faults: str = "",
    ) -> Connection:
        """The connection to this directory's account at those endpoints."""
        return Connection(
            batch_account=identity.batch_account,
            batch_key=identity.batch_key,
            batch_endpoint=batch_endpoint,
            storage_account=identity.storage_account,
            storage_key=identity.storage_key,
            storage_endpoint=storage_endpoint,
            data_dir=self.path,
            started=started,
            simulated=simulated,
            faults=faults,
        )

    @contextmanager
    def _sentences(self, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unusable(self.path, verb, error) from error


def _take(file: TextIO) -> bool:
    """Lock a file; a lock of a moment is somebody who only looks, so it is tried again."""
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        else:
            return True
    return False


def _decode(path: Path, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LocalAccountError(
            f"The local account cannot use {path}: {error}. Restore the file, or move the "
            "directory away and start with a new account."
        ) from error


def port_of(endpoint: str) -> int:
    return urlsplit(endpoint).port or 0


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
