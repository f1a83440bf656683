"""Reads what is polled: the SDK signs, sends and retries, msgspec decodes.

The SDK's own models would take 75 to 420 ms of the event loop for a page of a thousand; this
takes about one.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar, overload
from urllib.parse import quote, urlencode

import msgspec
from azure.batch.aio import BatchClient
from azure.core.rest import HttpRequest
from msgspec import Struct, field
from msgspec.structs import fields

from batchtui.client.answers import NotAzureError
from batchtui.client.lenient import decode_leniently
from batchtui.client.service import Service
from batchtui.core.models import Window

API_VERSION = "2025-06-01"
PAGE = 1000
"""The most that the service puts in one page."""

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """A page of a listing; the last one has no link to a next one."""

    value: tuple[T, ...]
    next_link: str | None = field(default=None, name="odata.nextLink")


class Wire:
    """Requests of our own making to the Batch service."""

    def __init__(self, client: BatchClient, service: Service) -> None:
        self._client = client
        self._service = service

    async def one(
        self,
        what: str,
        path: str,
        kind: type[T],
        *,
        select: Sequence[str] = (),
        valid: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """The entity at `path`; `valid` tells one from something else's answer."""
        with self._service.trying(what):
            found = decode(await self._get(address(path, select=",".join(select))), kind)
            if not valid(found):
                raise NotAzureError
            return found

    async def window(
        self,
        what: str,
        path: str,
        kind: type[Page[T]],
        *,
        at_most: int | None = None,
        select: Sequence[str] = (),
        condition: str = "",
        recursive: bool = False,
        link: str = "",
        sized: bool = True,
    ) -> Window[T]:
        """The first `at_most` entities of the listing at `path`, or all of them.

        `condition` is the service's `$filter`. With a `link`, those that it leads to. `sized`:
        whether the service lets the size of a page be asked for.
        """
        items: list[T] = []
        following = link or address(
            path,
            # Always: by itself the service puts ten pools into a page of node counts.
            maxresults=str(PAGE if at_most is None else min(at_most, PAGE)) if sized else "",
            condition=condition,
            select=",".join(select),
            recursive="true" if recursive else "",
        )
        with self._service.trying(what):
            while following and (at_most is None or len(items) < at_most):
                page = decode(await self._get(following), kind)
                items.extend(page.value)
                before, following = following, _escaped(page.next_link or "")
                if following == before:
                    raise NotAzureError  # it would never end
                await asyncio.sleep(0)  # an answer that is there already would not yield
        items = _once(items)
        kept = tuple(items[:at_most])
        whole = len(kept) == len(items)
        return Window(kept, whole and not following, following if whole else "")

    async def page(
        self,
        what: str,
        path: str,
        kind: type[Page[T]],
        *,
        link: str = "",
        count: int,
        select: Sequence[str],
    ) -> Page[T]:
        """One page of at most `count` entities: the one at `link`, else the first."""
        first = address(path, maxresults=str(count), select=",".join(select))
        with self._service.trying(what):
            return decode(await self._get(_escaped(link) if link else first), kind)

    @overload
    async def send(
        self,
        what: str,
        method: str,
        path: str,
        content: Struct | Mapping[str, object] | None = None,
        *,
        status: int = 200,
    ) -> None: ...
    @overload
    async def send(
        self,
        what: str,
        method: str,
        path: str,
        content: Struct | Mapping[str, object] | None = None,
        *,
        kind: type[T],
        valid: Callable[[T], bool] = ...,
    ) -> T: ...
    async def send(
        self,
        what: str,
        method: str,
        path: str,
        content: Struct | Mapping[str, object] | None = None,
        *,
        kind: type[T] | None = None,
        valid: Callable[[T], bool] = lambda _: True,
        status: int = 200,
    ) -> T | None:
        """Have something changed; the answer as a `kind` where one is expected.

        `status` is what the service answers when it did so. A plain 200 in place of it, and a body
        where none is expected, are the answer of something else: a network's sign-in page says
        that all is well.
        """
        headers = {"Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = "application/json; odata=minimalmetadata"
        with self._service.trying(what):
            encoded = None if content is None else msgspec.json.encode(content)
            request = HttpRequest(method, address(path), headers=headers, content=encoded)
            async with await self._client.send_request(request, stream=True) as response:
                answer = await response.read()
            if kind is not None:
                found = decode(answer, kind)
                if valid(found):
                    return found
            elif not answer.strip() and not response.status_code == 200 != status:
                return None
            raise NotAzureError

    async def _get(self, url: str) -> bytes:
        request = HttpRequest("GET", url, headers={"Accept": "application/json"})
        return await body(self._client, request)


async def body(client: BatchClient, request: HttpRequest, **options: int) -> bytes:
    """The answer's body as it came.

    Asked for as a stream, because the SDK would else parse it on the way, JSON or not.
    """
    async with await client.send_request(request, stream=True, **options) as response:
        return await response.read()


async def raw_body(client: BatchClient, request: HttpRequest) -> bytes:
    """The answer's body byte by byte: a content encoding is not undone, whatever it says."""
    async with await client.send_request(request, stream=True) as response:
        return b"".join([part async for part in response.iter_raw()])


def decode(answer: bytes, kind: type[T]) -> T:
    """Numbers may be texts, because the service writes those of 64 bits so.

    An answer that is not quite as documented is read as far as it can be.
    """
    try:
        return msgspec.json.decode(answer, type=kind, strict=False)
    except msgspec.ValidationError as error:
        try:
            return decode_leniently(answer, kind)
        except msgspec.ValidationError:
            raise error from None


def members(kind: type[Struct], *, without: Sequence[str] = ()) -> tuple[str, ...]:
    """The wire's names of a model's members, for `$select`."""
    return tuple(f.encode_name for f in fields(kind) if f.name not in without)


def address(
    path: str,
    *,
    maxresults: str = "",
    condition: str = "",
    select: str = "",
    recursive: str = "",
) -> str:
    """`path` with its query, relative to the account's endpoint."""
    query = {
        "api-version": API_VERSION,
        "maxresults": maxresults,
        "$filter": condition,
        "$select": select,
        "recursive": recursive,
    }
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given, safe='$,', errors='replace', quote_via=quote)}"


def _once(items: list[T]) -> list[T]:
    """Each entity once: while others come and go, one may be on two pages."""
    by_id = {getattr(item, "id", None) or id(item): item for item in items}
    return items if len(by_id) == len(items) else list(by_id.values())


def _escaped(link: str) -> str:
    """The service writes its links with characters that a URL may not hold, such as `^`."""
    return quote(link, safe="%:/?#[]@!$&'()*+,;=~")


def path_of(*segments: str) -> str:
    """The path of an entity, with whatever its name contains escaped.

    Half a character, as a shell gives for bytes that are not UTF-8, is in no entity's name.
    """
    return "".join("/" + quote(segment, safe="", errors="replace") for segment in segments)
