"""The errors of starting and stopping a local account."""

from pathlib import Path


class LocalAccountError(Exception):
    """A sentence: what was tried, why it failed, what to do."""


class DataDirError(LocalAccountError):
    """The data directory that was chosen cannot be used, or cannot be written."""


def unusable(data_dir: Path, verb: str, error: OSError) -> DataDirError:
    """The error of what could not be done with a data directory, such as "write to"."""
    return DataDirError(
        f"The local account cannot {verb} {data_dir}: {error.strerror}. Check its owner and the "
        "room on its disk, or choose another directory with --data-dir."
    )
