"""Output files: what is taken from a task's directory to blob containers after its command."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import ContainerClient

from batchtui.local.agent.containers import BLOCK, container
from batchtui.local.agent.failures import failure, without_sas
from batchtui.local.agent.launch import Failure, Launch
from batchtui.local.agent.patience import NotStorageError, patiently, reading_answers
from batchtui.local.agent.patterns import Pattern, pattern
from batchtui.local.file_names import shown
from batchtui.local.threads import in_thread

log = logging.getLogger(__name__)


async def upload_outputs(
    launch: Launch, environment: Mapping[str, str], *, succeeded: bool
) -> Failure | None:
    """Upload the output files whose condition holds; None if all arrived.

    Every file is tried, and the first failure is answered. fileuploadout.txt and fileuploaderr.txt
    in the task's directory say what was done. A pattern that matches nothing is no failure.
    """
    outcome = "tasksuccess" if succeeded else "taskfailure"
    due = [file for file in launch.output_files if _condition(file) in (outcome, "taskcompletion")]
    if not due:
        return None
    done: list[str] = []
    errors: list[str] = []
    failures: list[Failure] = []
    for file in due:
        target = file["destination"]["container"]
        wanted = pattern(file["filePattern"], wd=launch.root / "wd", environment=environment)
        trouble = await _upload(wanted, target, done)
        if trouble is not None:
            failures.append(trouble)
            reasons = ", ".join(value for _, value in trouble.details)
            errors.append(f"{file['filePattern']}: {trouble.message} ({reasons})")
    try:
        await in_thread(_write_logs, launch.root, done, errors)
    except OSError as error:
        # The outputs are where they belong; only what tells of it has found no room.
        log.warning("Could not write the upload logs in %s: %s", launch.root, error)
    return failures[0] if failures else None


def blob_name(file: Path, wanted: Pattern, path: str) -> str:
    """Where in the container a file goes.

    With a wildcard, `path` is a directory and the file keeps its place below the pattern's fixed
    part; without one, `path` is the blob's name. Without `path`, the container's root it is. What
    is not UTF-8 in a file's name stands as in listings of the node's files.
    """
    if wanted.single:
        return path or shown(file.name)
    relative = shown(file.relative_to(wanted.base).as_posix())
    return f"{path.rstrip('/')}/{relative}" if path else relative


async def _upload(wanted: Pattern, target: Mapping[str, Any], done: list[str]) -> Failure | None:
    url = str(target["containerUrl"])
    path = str(target.get("path") or "").lstrip("/")
    details = {"FileContainer": without_sas(url)}
    try:
        async with container(url) as client:
            for file in await asyncio.to_thread(wanted.find):
                details["FilePath"] = shown(file.name)
                name = blob_name(file, wanted, path)
                headers = target.get("uploadHeaders") or ()
                await patiently(partial(_upload_file, client, file, name, headers))
                done.append(f"{shown(file.name)} -> {without_sas(url)}/{name}")
    except HttpResponseError as error:
        if error.status_code == 404:
            return failure("FileUploadContainerNotFound", **details)
        reason = f"The storage service answered {error.status_code}"
        return failure("FileUploadMiscError", **details, Message=reason)
    except re.error as error:
        reason = f"The file pattern cannot be one: {error}"
        return failure("FileUploadMiscError", **details, Message=reason)
    except (AzureError, NotStorageError, OSError, ValueError) as error:
        # An SDK's words may hold the whole address, SAS included.
        words = error.strerror if isinstance(error, OSError) else None
        if isinstance(error, NotStorageError):
            words = str(error)
        return failure("FileUploadMiscError", **details, Message=words or type(error).__name__)
    return None


async def _upload_file(
    client: ContainerClient, file: Path, name: str, headers: Sequence[Mapping[str, str]]
) -> None:
    given = {header["name"].lower(): header.get("value") for header in headers}
    settings = ContentSettings(
        content_type=given.pop("content-type", None),
        content_encoding=given.pop("content-encoding", None),
        content_language=given.pop("content-language", None),
        content_disposition=given.pop("content-disposition", None),
        cache_control=given.pop("cache-control", None),
    )
    size = (await asyncio.to_thread(file.stat)).st_size
    async with aclosing(_chunks(file)) as chunks:
        with reading_answers():
            await client.upload_blob(
                name,
                chunks if size else b"",
                length=size,
                overwrite=True,
                content_settings=settings,
                headers=given,
            )


async def _chunks(file: Path) -> AsyncGenerator[bytes, None]:
    with await asyncio.to_thread(file.open, "rb") as source:
        while chunk := await asyncio.to_thread(source.read, BLOCK):
            yield chunk


def _condition(file: Mapping[str, Any]) -> str:
    return str(file["uploadOptions"]["uploadCondition"]).lower()


def _write_logs(root: Path, done: list[str], errors: list[str]) -> None:
    for name, lines in (("fileuploadout.txt", done), ("fileuploaderr.txt", errors)):
        (root / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
