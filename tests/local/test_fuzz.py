"""A malformed request of any kind is refused with a 4xx, never a 500 and never a silence."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .conftest import KEY
from .fakes import FakeExecutor
from .test_wire import POOL
from .wire import ask

NAMES = st.one_of(
    st.sampled_from(
        ("job", "pool", "t", "stdout.txt", "..", "wd", "%2e%2e", "%00", "%ff", "a%2Fb")
    ),
    st.text(min_size=1, max_size=8).map(lambda text: quote(text, safe="")),
)
ROUTES = st.sampled_from(
    (
        "GET /pools",
        "POST /pools",
        "PATCH /pools/{pool}",
        "DELETE /pools/{pool}",
        "POST /pools/{pool}/resize",
        "POST /pools/{pool}/removenodes",
        "POST /pools/{pool}/stopresize",
        "GET /pools/{pool}/nodes",
        "GET /pools/{pool}/nodes/{node}",
        "POST /pools/{pool}/nodes/{node}/reboot",
        "GET /nodecounts",
        "GET /supportedimages",
        "GET /jobs",
        "POST /jobs",
        "GET /jobs/{job}",
        "PATCH /jobs/{job}",
        "PUT /jobs/{job}",
        "POST /jobs/{job}/disable",
        "POST /jobs/{job}/terminate",
        "DELETE /jobs/{job}",
        "GET /jobs/{job}/taskcounts",
        "GET /jobs/{job}/tasks",
        "POST /jobs/{job}/tasks",
        "POST /jobs/{job}/addtaskcollection",
        "GET /jobs/{job}/tasks/{task}",
        "PUT /jobs/{job}/tasks/{task}",
        "GET /jobs/{job}/tasks/{task}/files",
        "GET /jobs/{job}/tasks/{task}/files/{file}",
        "HEAD /jobs/{job}/tasks/{task}/files/{file}",
        "DELETE /jobs/{job}/tasks/{task}/files/{file}",
        "OPTIONS /{job}/{task}",
    )
)


def mostly(name: str) -> st.SearchStrategy[str]:
    """A name that exists, more often than not: most requests shall get past the 404."""
    return st.one_of(st.just(name), st.just(name), st.just(name), NAMES)


FILLINGS = st.fixed_dictionaries(
    {
        "pool": mostly("pool"),
        "node": NAMES,
        "job": mostly("job"),
        "task": mostly("t"),
        "file": mostly("stdout.txt"),
    }
)
VALUES = st.one_of(
    st.sampled_from(
        ("id", "state eq 'active'", "startswith(id,'a')", "1", "-1", "0", "true", "(", "'", "id eq",
         "executionInfo/exitCode eq 1", "stateTransitionTime gt DateTime'2020-01-01T00:00:00Z'")
    ),
    st.text(max_size=12),
)  # fmt: skip
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            ("$filter", "$select", "maxresults", "$skiptoken", "$expand", "recursive", "timeOut")
        ),
        VALUES.map(lambda text: quote(text)),
    ),
    max_size=3,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ("id", "commandLine", "poolInfo", "poolId", "vmSize", "value", "constraints",
                 "targetDedicatedNodes", "startTask", "metadata", "disableTasks", "dependsOn",
                 "taskIdRanges", "start", "end", "resourceFiles", "exitConditions", "x")
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
BODIES = st.one_of(st.none(), st.binary(max_size=30), JSON)
HEADERS = st.dictionaries(
    st.sampled_from(("If-Match", "If-Modified-Since", "ocp-range", "client-request-id")),
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12),
    max_size=2,
)
REQUESTS = st.lists(st.tuples(ROUTES, FILLINGS, QUERIES, BODIES, HEADERS), min_size=5, max_size=20)

Request = tuple[str, dict[str, str], str, Any, dict[str, str]]


@settings(max_examples=40, deadline=None)
@given(REQUESTS)
def test_nothing_breaks_it(requests: list[Request]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), requests))


async def play(folder: Path, requests: list[Request]) -> None:
    account = Settings(account="testacct", key=KEY, data_dir=folder / "account", boot=0)
    async with serve(account, executor=FakeExecutor()) as endpoint:
        await ask(endpoint, "POST", "/pools", POOL | {"targetDedicatedNodes": 1})
        await ask(endpoint, "POST", "/jobs", {"id": "job", "poolInfo": {"poolId": "pool"}})
        await ask(endpoint, "POST", "/jobs/job/tasks", {"id": "t", "commandLine": "exit 0"})
        for route, filling, query, body, headers in requests:
            method, _, path = route.partition(" ")
            filled = path.format(**filling)
            target = f"{filled}?{query}" if query else filled
            answer = await ask(endpoint, method, target, body, headers=headers)
            assert answer.status < 500, (method, target, body, answer.text)
            if answer.status >= 400 and method != "HEAD":
                assert answer.code, (method, target, answer.text)
