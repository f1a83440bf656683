"""What a local account is told when it starts."""

import base64
import binascii
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path


class SettingsError(ValueError):
    """A setting that cannot be: a sentence for the person who chose it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one account. Raises SettingsError when one of them is impossible."""

    account: str
    key: str
    """Base64, as Azure gives keys out."""
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    boot: float = 1.0
    """Seconds that a node spends in each phase of its start, give or take a third; 0 in tests."""
    most_nodes: int = 1000
    """The account's quota of nodes over all pools."""
    most_tasks: int | None = None
    """How many tasks run at once, over all pools; None for as many as the nodes have slots.

    Job managers do not count, since the tasks that they wait for could never run then.
    """

    def __post_init__(self) -> None:
        try:
            base64.b64decode(self.key, validate=True)
        except (binascii.Error, ValueError):
            raise SettingsError("The account's key is not base64.") from None
        try:
            loopback = ip_address(self.host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise SettingsError(
                f"A local account listens on the loopback interface only, not on {self.host}:"
                " whoever reaches it can run any program as you."
            )
