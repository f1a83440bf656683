"""Why tasks fail, in the service's own codes and words.

Source: the error table of the service's reference and recorded answers; for output files only
`FileUploadContainerNotFound` (documented) and `FileUploadMiscError` (seen) are known codes.
"""

import errno
from urllib.parse import urlsplit, urlunsplit

from batchtui.local.agent.launch import Failure

WORDS = {
    "BlobNotFound": ("UserError", "One of the specified Azure Blob(s) is not found"),
    "BlobAccessDenied": ("UserError", "Access for one of the specified Azure Blob(s) is denied"),
    "BlobDownloadTimedOut": (
        "ServerError",
        "Timeout encountered while downloading one of the specified Azure Blob(s)",
    ),
    "BlobDownloadMiscError": (
        "ServerError",
        "Miscellaneous error encountered while downloading one of the specified Azure Blob(s)",
    ),
    "ResourceDirectoryCreateFailed": (
        "ServerError",
        "Failure encountered creating resource directory for the task",
    ),
    "ResourceFileCreateFailed": ("ServerError", "Failure encountered creating resource file"),
    "ResourceFileWriteFailed": ("ServerError", "Failure encountered writing resource file"),
    "DiskFull": (
        "ServerError",
        "There is not enough disk space on the node that was selected to run the task",
    ),
    "CommandProgramNotFound": ("UserError", "The specified command program is not found"),
    "CommandLaunchFailed": ("UserError", "Failed to launch the specified command line"),
    "FailureExitCode": (
        "UserError",
        "The task exited with an exit code representing a failure",
    ),
    "TaskEnded": ("ServerError", "Task exceeded its maximum wall-clock time and was ended"),
    "FileUploadContainerNotFound": (
        "UserError",
        "One of the specified Azure container(s) was not found while attempting to upload "
        "an output file",
    ),
    "FileUploadMiscError": (
        "UserError",
        "Miscellaneous error encountered while uploading one of the output files",
    ),
}
"""Code to category and message."""


class RunError(Exception):
    """The run cannot go on; `failure` is what the service will show."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.code}: {failure.message}")
        self.failure = failure


def failure(code: str, **details: str) -> Failure:
    """The failure of that code; `details` become its name and value pairs."""
    category, message = WORDS[code]
    return Failure(category, code, message, tuple(details.items()))


def disk_failure(error: OSError, code: str, path: str) -> Failure:
    """`code` for a file that could not be made or written, or DiskFull where that is the reason."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return failure("DiskFull" if full else code, FilePath=path, Message=error.strerror or "")


def without_sas(url: str) -> str:
    """The address without its query and user part: a SAS is a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a valid address)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
