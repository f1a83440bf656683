"""Resource files: what is brought into a task's working directory before its command runs."""

import asyncio
import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import aiohttp
from azure.core.exceptions import AzureError, HttpResponseError
from yarl import URL

from batchtui.local.agent.containers import USER_AGENT, container, is_loopback
from batchtui.local.agent.failures import RunError, disk_failure, failure, without_sas
from batchtui.local.agent.launch import Failure
from batchtui.local.agent.patience import (
    NotStorageError,
    RefusedError,
    patiently,
    reading_answers,
)
from batchtui.local.threads import in_thread

AT_ONCE = 8
"""Downloads per task."""
CHUNK = 1 << 20
"""Bytes read from the network between two writes."""
DEFAULT_MODE = "0770"
PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)


@dataclass(frozen=True, slots=True)
class Download:
    """One blob or web address and the file that it becomes."""

    url: str
    target: Path
    mode: int


async def fetch_resources(files: Sequence[Mapping[str, Any]], wd: Path) -> None:
    """Download resource files, wire JSON, into the working directory. Raises `RunError`."""
    downloads = [download for file in files for download in await plan(file, wd)]
    if not downloads:
        return
    try:
        # Two sessions, since aiohttp asks for the user's proxies by session and not by request.
        async with _session(proxies=False) as near, _session(proxies=True) as far:
            places = asyncio.Semaphore(AT_ONCE)
            async with asyncio.TaskGroup() as group:
                for download in downloads:
                    session = near if is_loopback(download.url) else far
                    group.create_task(_fetch(download, session, places))
    except* RunError as errors:
        # The service shows one failure; any of them is true.
        first: BaseException = errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None


def _session(*, proxies: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=PATIENCE,
        trust_env=proxies,
        auto_decompress=False,
        headers={"User-Agent": USER_AGENT},
    )


async def plan(file: Mapping[str, Any], wd: Path) -> list[Download]:
    """The downloads that one resource file stands for; containers are listed."""
    mode = _mode(str(file.get("fileMode") or DEFAULT_MODE))
    path = str(file.get("filePath") or "")
    if url := file.get("httpUrl") or file.get("blobSource"):
        return [Download(str(url), inside(wd, path), mode)]
    if url := file.get("storageContainerUrl"):
        prefix = str(file.get("blobPrefix") or "")
        names = await _list(str(url), prefix)
        return [Download(blob_url(str(url), n), inside(wd, f"{path}/{n}"), mode) for n in names]
    reason = "This account has no auto-storage account; name the container by its URL instead"
    raise RunError(failure("BlobDownloadMiscError", Message=reason))


def inside(wd: Path, path: str) -> Path:
    """The file below `wd` that `path` names. Raises `RunError` if it would lie elsewhere."""
    target = Path(os.path.normpath(wd / path.lstrip("/")))
    try:
        if target != wd and target.resolve().is_relative_to(wd.resolve()):
            return target
        reason = "The path leads out of the task's working directory"
    except ValueError as error:  # a NUL or half a character pair
        reason = f"The path cannot be one: {error}"
    raise RunError(failure("ResourceFileCreateFailed", FilePath=path, Message=reason))


def blob_url(container_url: str, name: str) -> str:
    """The address of a blob, with the container's SAS."""
    parts = urlsplit(container_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{quote(name)}"))


async def _list(url: str, prefix: str) -> list[str]:
    """The names of a container's blobs, without the markers that stand for directories."""

    async def attempt() -> list[str]:
        async with container(url) as client:
            with reading_answers():
                return [
                    name
                    async for name in client.list_blob_names(
                        name_starts_with=prefix,
                        raw_response_hook=_expect_listing,
                    )
                    if not name.endswith("/")
                ]

    try:
        return await patiently(attempt)
    except HttpResponseError as error:
        raise RunError(_refused(error.status_code, url)) from None
    except (AzureError, NotStorageError, ValueError) as error:
        reason = f"{type(error).__name__} while listing the container"
        if isinstance(error, NotStorageError):
            reason = str(error)
        trouble = failure("BlobDownloadMiscError", BlobSource=without_sas(url), Message=reason)
        raise RunError(trouble) from None


async def _fetch(
    download: Download, session: aiohttp.ClientSession, places: asyncio.Semaphore
) -> None:
    source = without_sas(download.url)

    async def attempt() -> None:
        # The address as it was signed: yarl would re-quote what a SAS was made for.
        async with session.get(URL(download.url, encoded=True)) as answer:
            if answer.status != 200:
                raise RefusedError(answer.status)
            if is_signed(download.url):
                _expect_storage(answer.headers)
            md5 = await _store(answer.content, download)
            stored = answer.headers.get("Content-MD5")
            if stored and stored != base64.b64encode(md5).decode():
                raise NotStorageError

    try:
        async with places:
            await patiently(attempt)
    except RefusedError as error:
        raise RunError(_refused(error.status, download.url)) from None
    except TimeoutError:
        raise RunError(failure("BlobDownloadTimedOut", BlobSource=source)) from None
    except NotStorageError:
        reason = "The answer is not the blob: a proxy answered, or a part of it is missing"
        raise RunError(
            failure("BlobDownloadMiscError", BlobSource=source, Message=reason)
        ) from None
    except (aiohttp.ClientError, ValueError) as error:
        # Their words may hold the whole address, SAS included.
        reason = f"{type(error).__name__} while reading"
        trouble = failure("BlobDownloadMiscError", BlobSource=source, Message=reason)
        raise RunError(trouble) from None


def is_signed(url: str) -> bool:
    """Whether the address has a SAS, so that nothing but a storage service may answer."""
    return {"sv", "sig"} <= parse_qs(urlsplit(url).query).keys()


def _expect_listing(seen: Any) -> None:
    answer = seen.http_response
    if answer.status_code < 400:
        _expect_storage(answer.headers)


def _expect_storage(headers: Mapping[str, str]) -> None:
    """Raises `NotStorageError` for what does not come from a storage service."""
    if not headers.get("x-ms-request-id"):
        raise NotStorageError


async def _store(content: aiohttp.StreamReader, download: Download) -> bytes:
    """Write a body to its file, a thread at a time so that a slow disk holds nobody up.

    Returns the MD5 of what was written.
    """
    md5 = hashlib.md5(usedforsecurity=False)
    target = download.target
    code = "ResourceDirectoryCreateFailed"
    try:
        await in_thread(target.parent.mkdir, parents=True, exist_ok=True)
        code = "ResourceFileCreateFailed"
        with await in_thread(target.open, "wb") as file:
            code = "ResourceFileWriteFailed"
            while chunk := await content.read(CHUNK):
                md5.update(chunk)
                await in_thread(file.write, chunk)
        await in_thread(target.chmod, download.mode)
    except TimeoutError:
        raise
    except OSError as error:
        raise RunError(disk_failure(error, code, target.name)) from None
    return md5.digest()


def _mode(text: str) -> int:
    try:
        return int(text, 8) & 0o7777
    except ValueError:
        reason = f"The file mode {text!r} is not octal"
        raise RunError(failure("ResourceFileCreateFailed", Message=reason)) from None


def _refused(status: int | None, url: str) -> Failure:
    codes = {401: "BlobAccessDenied", 403: "BlobAccessDenied", 404: "BlobNotFound"}
    code = codes.get(status or 0, "BlobDownloadMiscError")
    return failure(code, BlobSource=without_sas(url), Message=f"The server answered {status}")
