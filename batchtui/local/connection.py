"""How to reach a local account: endpoints, names and keys."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Connection:
    """A running account. Its repr tells no key."""

    batch_account: str
    batch_key: str = field(repr=False)
    batch_endpoint: str
    storage_account: str
    storage_key: str = field(repr=False)
    storage_endpoint: str
    """With the account's name as its path; empty where no storage service runs."""
    data_dir: Path
    started: bool = False
    """Whether it was started for whoever holds this, and ends with them."""
    simulated: bool = False
    """Whether it plays a world and starts no process."""
    faults: str = ""
    """The fault file by which it misbehaves; empty where it does not."""

    def environment(self) -> dict[str, str]:
        """The variables that the az CLI and the storage SDKs read, keys in clear."""
        batch = {
            "AZURE_BATCH_ACCOUNT": self.batch_account,
            "AZURE_BATCH_ACCESS_KEY": self.batch_key,
            "AZURE_BATCH_ENDPOINT": self.batch_endpoint,
        }
        if not self.storage_endpoint:
            return batch
        storage = {
            "DefaultEndpointsProtocol": "http",
            "AccountName": self.storage_account,
            "AccountKey": self.storage_key,
            "BlobEndpoint": self.storage_endpoint,
        }
        return batch | {
            "AZURE_STORAGE_ACCOUNT": self.storage_account,
            "AZURE_STORAGE_KEY": self.storage_key,
            "AZURE_STORAGE_CONNECTION_STRING": ";".join(f"{n}={v}" for n, v in storage.items()),
        }

    def exports(self) -> str:
        """The same as lines of a shell script, to be kept in a file of mode 0600."""
        return "".join(f"export {name}='{value}'\n" for name, value in self.environment().items())
