"""Which account batchtui talks to."""

from dataclasses import dataclass, field
from pathlib import Path

from batchtui.core.clouds import PUBLIC, Cloud


class ConfigError(Exception):
    """A setting is wrong or missing: a sentence that says which and what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A Batch account, with its storage account if it has one, and how to sign in to them.

    A key of None means that Entra ID signs in (`az login`). The keys are left out of `repr`, so
    that no traceback or log line shows them.
    """

    name: str
    batch_endpoint: str
    """With its scheme, without a slash at the end."""
    batch_account: str
    batch_key: str | None = field(default=None, repr=False)
    storage_endpoint: str = ""
    """The blob service's URL, without a slash at the end; empty without a storage account."""
    storage_account: str = ""
    storage_key: str | None = field(default=None, repr=False)
    storage_sas: str | None = field(default=None, repr=False)
    """In place of a key: a SAS of the account, without its question mark."""
    storage_trouble: str = ""
    """Why there is no storage account although the settings name one: a sentence."""
    cloud: Cloud = PUBLIC
    """Whose sign-in and addresses hold for both accounts."""
    read_only: bool = False
    """Whether every request that would change something is refused before it is sent."""
    local: bool = False
    """Whether this is an account on this machine that costs nothing."""
    simulated: bool = False
    """Whether that account only plays its nodes and tasks."""
    polls_per_minute: int | None = None
    """The most requests that the dashboard sends in a minute to look; None for no limit."""


@dataclass(frozen=True, slots=True)
class LocalProfile:
    """The local Batch account, whose endpoints are known only once it runs."""

    name: str = "local"
    data_dir: Path | None = None
    """Where the account keeps itself; None for the user's data folder."""
