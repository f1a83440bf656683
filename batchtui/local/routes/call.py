"""One request: what every route asks of it."""

import re
from typing import Any, TypeVar

from aiohttp import web

from batchtui.local.errors import ServiceError, invalid_query
from batchtui.local.wire.body import Body, convert, decode
from batchtui.local.wire.dialects import heard, spoken
from batchtui.local.wire.encodings import decoded
from batchtui.local.wire.times import etag, micros, parse_http_date
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.pool import Pool
from batchtui.local.world.rules import Rules
from batchtui.local.world.task import Task
from batchtui.local.world.world import World

Json = dict[str, Any]

RULES = web.AppKey("rules", Rules)
LARGEST_BODY = 1_048_576

_VERSION = re.compile(r"(\d{4}-\d\d-\d\d)(\.\d{1,4}\.\d{1,4})?", re.ASCII)
_OLDEST = "2017-01-01"
_CONDITIONS = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")

B = TypeVar("B", bound=Body)


class Call:
    """A request to the service, after its signature has been checked."""

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.rules: Rules = request.app[RULES]
        self.world: World = self.rules.world
        self.base = base(request)
        self.query = request.query

    @property
    def version(self) -> str:
        """The date of the api-version."""
        return self.query["api-version"][:10]

    def check_version(self) -> None:
        """400 when there is no api-version, or none that ever was."""
        text = self.query.get("api-version")
        if not text:
            raise ServiceError(
                "MissingRequiredQueryParameter", ("QueryParameterName", "api-version")
            )
        match = _VERSION.fullmatch(text)
        if not match or match[1] < _OLDEST:
            raise ServiceError(
                "UnsupportedRequestVersion",
                ("QueryParameterName", "api-version"),
                ("QueryParameterValue", text),
            )

    def name(self, part: str) -> str:
        """A part of the path, decoded."""
        return self.request.match_info[part]

    def pool(self) -> Pool:
        return self.world.pool(self.name("pool"))

    def node(self) -> Node:
        return self.world.node(self.name("pool"), self.name("node"))

    def job(self) -> Job:
        return self.world.job(self.name("job"))

    def task(self, job: Job) -> Task:
        return self.world.task(job, self.name("task"))

    async def body(self, kind: type[B]) -> B:
        """The body as a structure; an empty one is an empty object."""
        return convert(heard(await self.document(), self.version), kind)

    async def document(self) -> object:
        """The body as it came, decoded."""
        encodings = ",".join(self.request.headers.getall("Content-Encoding", ()))
        return decode(decoded(await self.request.read(), encodings, most=LARGEST_BODY))

    def spoken(self, thing: Json) -> Json:
        """A thing in the words of the request's api-version."""
        return spoken(thing, self.version)

    def expands_stats(self) -> bool:
        """Whether statistics are asked for; 400 when anything else is."""
        text = self.query.get("$expand", "").strip()
        if text and text != "stats":
            raise invalid_query("$expand", text, "Only stats can be expanded")
        return bool(text)

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"

    def unchanged(self, modified: int) -> bool:
        """Whether a conditional read needs no answer, only 304."""
        return not self._condition_met(modified)

    def check_condition(self, modified: int) -> None:
        """412 when a conditional change finds something else than it expected."""
        if not self._condition_met(modified):
            raise ServiceError("ConditionNotMet")

    def _condition_met(self, modified: int) -> bool:
        headers = self.request.headers
        given = [name for name in _CONDITIONS if name in headers]
        if len(given) > 1:
            raise ServiceError("MultipleConditionHeadersNotSupported")
        if not given:
            return True
        name = given[0]
        if name in ("If-Match", "If-None-Match"):
            same = _same_tag(headers[name], etag(modified))
            return same == (name == "If-Match")
        try:
            since = parse_http_date(headers[name])
        except ValueError:
            raise ServiceError(
                "InvalidHeaderValue", ("HeaderName", name), ("HeaderValue", headers[name])
            ) from None
        # HTTP dates have whole seconds, and so has what was shown as Last-Modified.
        newer = modified // 1_000_000 > micros(since) // 1_000_000
        return newer == (name == "If-Modified-Since")


def base(request: web.Request) -> str:
    """The account's address as the caller knows it."""
    return f"{request.scheme}://{readable(request.host)}"


def readable(text: str) -> str:
    """A header's text with a question mark for each byte that is no UTF-8."""
    return text.encode(errors="replace").decode()


def _same_tag(given: str, tag: str) -> bool:
    tags = (one.strip().removeprefix("W/").strip('"') for one in given.split(","))
    return any(one in ("*", tag) for one in tags)
