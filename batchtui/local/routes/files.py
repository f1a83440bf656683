"""Routes of the files on nodes; a task's files are those of its directory on its node."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from batchtui.local.errors import ServiceError
from batchtui.local.node_files import Entry, delete, find, reader, walk
from batchtui.local.routes.call import Call
from batchtui.local.routes.paging import page_of
from batchtui.local.routes.replies import answer, not_modified
from batchtui.local.streamed import stream
from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.times import http_date, stamp

Json = dict[str, Any]
routes = web.RouteTableDef()

_NODE = "/pools/{pool}/nodes/{node}/files"
_BELOW = "/{path:(?s:.+)}"
"""Any name: a line feed may be part of it."""
_PIECE = 262_144
_TASK = "/jobs/{job}/tasks/{task}/files"
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?", re.ASCII)


@routes.get(_NODE, allow_head=False)
@routes.get(_TASK, allow_head=False)
async def list_all(request: web.Request) -> web.Response:
    call = Call(request)
    root = await _root(call)
    recursive = call.flag("recursive")
    entries = await asyncio.to_thread(lambda: list(walk(root, recursive=recursive)))
    path = request.rel_url.raw_path
    # By depth first and by name second, as the service walks: a page goes on after a place.
    places = sorted(
        ((f"{entry.name.count('/'):04}{entry.name}", entry) for entry in entries),
        key=lambda pair: pair[0],
    )
    return page_of(
        call,
        "files",
        places,
        {"name": Kind.PREFIX},
        get=_filtered,
        show=lambda entry: _shown(entry, f"{call.base}{path}"),
    )


@routes.get(_NODE + _BELOW, allow_head=False)
@routes.get(_TASK + _BELOW, allow_head=False)
async def get(request: web.Request) -> web.StreamResponse:
    call = Call(request)
    entry = await _entry(call)
    if call.unchanged(entry.modified):
        return not_modified()
    headers = _headers(call, entry)
    if entry.is_folder:
        return answer(200, None, **headers)
    first, last = _range(request, entry)
    # What is written while it is being read belongs to the next request.
    left = (entry.size if last is None else min(last + 1, entry.size)) - first
    response = web.Response(headers={**headers, "Content-Type": entry.content_type})
    response.enable_chunked_encoding()
    # Opened here too, since once the answer has begun it is too late for an error. It is not kept
    # open: an answer that nobody waits for any more never asks for its pieces.
    (await asyncio.to_thread(reader, entry, first)).close()
    stream(response, _pieces(entry, first, left))
    return response


async def _pieces(entry: Entry, first: int, left: int) -> AsyncIterator[bytes]:
    """So many bytes of a file from a byte on."""
    with await asyncio.to_thread(reader, entry, first) as file:
        while left > 0 and (piece := await asyncio.to_thread(file.read, min(left, _PIECE))):
            yield piece
            left -= len(piece)


@routes.head(_NODE + _BELOW)
@routes.head(_TASK + _BELOW)
async def properties(request: web.Request) -> web.Response:
    call = Call(request)
    entry = await _entry(call)
    if call.unchanged(entry.modified):
        return not_modified()
    length = "0" if entry.is_folder else str(entry.size)
    headers = {**_headers(call, entry), "Content-Length": length}
    return web.Response(headers=headers, content_type=entry.content_type)


@routes.delete(_NODE + _BELOW)
@routes.delete(_TASK + _BELOW)
async def remove(request: web.Request) -> web.Response:
    call = Call(request)
    entry = await _entry(call)
    await asyncio.to_thread(delete, entry, recursive=call.flag("recursive"))
    return answer(200)


async def _root(call: Call) -> Path:
    """The directory that the request's names are below."""
    site = call.world.site
    if "node" in call.request.match_info:
        node = call.node()
        await asyncio.to_thread(site.reveal_node, node)
        return site.node(node.pool, node.id)
    job = call.job()
    task = call.task(job)
    if task.node is None or task.pool is None or task.state == "active":
        raise ServiceError("TaskFilesUnavailable")
    fleet = call.world.fleets.get(task.pool.lower())
    if fleet is None or task.node not in fleet.nodes:
        raise ServiceError("TaskFilesUnavailable")
    await asyncio.to_thread(site.reveal_task, task, job)
    root = site.task(task.pool, task.node, job.id, task.id)
    if task.state == "completed" and not await asyncio.to_thread(root.is_dir):
        raise ServiceError("TaskFilesCleanedup")
    return root


async def _entry(call: Call) -> Entry:
    root = await _root(call)
    return await asyncio.to_thread(find, root, call.name("path"))


def _range(request: web.Request, entry: Entry) -> tuple[int, int | None]:
    """The wished bytes; the answer to them is 200, never 206 (recorded fact 43)."""
    text = request.headers.get("ocp-range")
    if text is None:
        return 0, None
    match = _RANGE.fullmatch(text.strip())
    if not match:
        raise ServiceError("InvalidHeaderValue", ("HeaderName", "ocp-range"), ("HeaderValue", text))
    first, last = int(match[1]), int(match[2]) if match[2] else None
    if first >= max(entry.size, 1) or (last is not None and last < first):
        raise ServiceError("InvalidRange")
    return first, last


def _headers(call: Call, entry: Entry) -> dict[str, str]:
    url = f"{call.base}{call.request.rel_url.raw_path}"
    return {
        "Last-Modified": http_date(entry.modified),
        "ocp-batch-file-isdirectory": str(entry.is_folder),
        "ocp-batch-file-mode": entry.mode,
        "ocp-batch-file-url": quote(url, safe=""),
    }


def _shown(entry: Entry, url: str) -> Json:
    body: Json = {
        "name": entry.name,
        "url": f"{url}/{quote(entry.name)}",
        "isDirectory": entry.is_folder,
    }
    if not entry.is_folder:
        body["properties"] = {
            "lastModified": stamp(entry.modified),
            "contentLength": str(entry.size),
            "contentType": entry.content_type,
            "fileMode": entry.mode,
        }
    return body


def _filtered(entry: Entry, name: str) -> Value | None:
    return entry.name
