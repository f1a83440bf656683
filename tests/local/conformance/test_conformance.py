"""Every recorded answer against ours at the same api-version: status, headers, members, forms."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
import pytest_asyncio

from batchtui.local.server import serve
from batchtui.local.settings import Settings
from tests.local.conftest import KEY
from tests.local.fakes import FakeExecutor
from tests.local.forms import form, forms
from tests.local.wire import Answer

from .acts import ACTS
from .differences import BEYOND, DIFFERENCES, FRAMING, OPTIONAL
from .recordings import FOLDER, Line, lines
from .stage import Stage

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no recordings beside the project"),
]

RECORDED = lines()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    settings = Settings(
        account="testacct", key=KEY, data_dir=tmp_path_factory.mktemp("account"), boot=0
    )
    executor = FakeExecutor()
    async with serve(settings, executor=executor) as endpoint:
        yield endpoint
        executor.release.set()


async def test_every_recorded_operation_is_looked_at() -> None:
    assert RECORDED.keys() - ACTS.keys() == BEYOND.keys()


@pytest.mark.parametrize("name", sorted(RECORDED.keys() & ACTS.keys()))
async def test_as_recorded(address: str, name: str) -> None:
    known = DIFFERENCES.get(name, {})
    kept = frozenset[str]().union(*(line.headers for line in RECORDED[name]))
    seen: set[str] = set()
    for version in sorted({line.version for line in RECORDED[name]}):
        ours = [await act(Stage(address, version)) for act in ACTS[name]]
        for line in RECORDED[name]:
            if line.version == version:
                seen |= min((set(differing(line, one, kept)) for one in ours), key=len)
    assert seen == known.keys(), sorted(seen ^ known.keys())


def differing(line: Line, ours: Answer, kept: frozenset[str]) -> Iterator[str]:
    """What differs between a recorded answer and ours, in words.

    `kept` are the headers that any recorder of the operation kept: most kept a few only.
    """
    if ours.status != line.status:
        yield f"status {ours.status}"
        return
    for header in (line.headers.keys() - ours.headers.keys()) | (ours.headers.keys() - kept):
        if header not in FRAMING:
            yield f"header {header} {'missing' if header in line.headers else 'added'}"
    for header in (line.headers.keys() & ours.headers.keys()) - FRAMING - {"request-id"}:
        value, wanted = look(ours.headers[header]), look(line.headers[header])
        if value != wanted:
            yield f"header {header} is {value}, not {wanted}"
    if not isinstance(line.body, dict):
        return
    if line.status >= 400 and ours.json["code"] != line.code:
        yield f"code {ours.json['code']}, not {line.code}"
    kind = line.operation.partition(".")[0]
    yield from other_members(kind, members(line.body), members(ours.json))
    theirs, mine = line.body.get("value"), ours.json.get("value")
    if theirs and mine:
        yield from other_members(kind, forms(theirs), forms(mine))


def look(value: str) -> str:
    """What a header's value looks like; of a url, what its parts are called."""
    plain = unquote(value).replace("; ", ";").replace("\\", "/")
    if not plain.startswith("http"):
        return plain if "/" in plain else form(plain)
    parts = plain.partition("/files/")[0].split("/")[3:]
    return "/".join(part if number % 2 == 0 else "*" for number, part in enumerate(parts))


def members(body: dict[str, Any]) -> dict[str, set[str]]:
    """The members of an answer with their forms; the things of a list are left aside."""
    whole = body if "odata.metadata" not in body or "value" not in body else {**body, "value": []}
    return forms([whole])


def other_members(
    kind: str, theirs: dict[str, set[str]], ours: dict[str, set[str]]
) -> Iterator[str]:
    """Members that only one of both has, and those that look otherwise."""
    for path in theirs.keys() ^ ours.keys():
        here = theirs if path in theirs else ours
        parent = path.removesuffix("[]").rpartition(".")[0]
        # Where all of a thing is missing, its parts need not be named.
        named = not path.endswith("[]") and (not parent or parent in theirs.keys() & ours.keys())
        if named and not is_optional(kind, path):
            yield f"{path} {'missing' if here is theirs else 'added'}"
    for path in theirs.keys() & ours.keys():
        if not is_alike(theirs[path], ours[path]):
            yield f"{path} {sorted(ours[path])}, not {sorted(theirs[path])}"


def is_alike(theirs: set[str], ours: set[str]) -> bool:
    """Whether two values look the same; an id may look like a number, and a url be shortened."""
    either = theirs | ours
    return theirs <= ours or ours <= theirs or either <= {"text", "number", "url"}


def is_optional(kind: str, path: str) -> bool:
    names = OPTIONAL.get(kind, ())
    return any(path == name or path.startswith((f"{name}.", f"{name}[")) for name in names)
