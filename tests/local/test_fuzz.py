"""A malformed request of any kind is refused with a 4xx, never a 500 and never a silence."""

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
from aiohttp.web import RouteDef
from hypothesis import given
from hypothesis import strategies as st

from batchtui.local.routes import (
    absent,
    account,
    autoscale,
    files,
    jobs,
    node_access,
    nodes,
    pools,
    schedules,
    tasks,
)
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.wire.body import Body

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
PLACE, PLAIN = re.compile(r"{(\w+)[^}]*}"), r"{\1}"
ROUTES = st.sampled_from(
    sorted(
        {
            f"{route.method} {PLACE.sub(PLAIN, route.path)}"
            for module in (account, pools, autoscale, nodes, node_access, jobs, schedules, tasks,
                           files, absent)
            for route in module.routes
            if isinstance(route, RouteDef)
        }
        | {"OPTIONS /{job}/{task}", "GET /{job}", "PUT /pools"}
    )
)  # fmt: skip


def mostly(name: str) -> st.SearchStrategy[str]:
    """A name that exists, more often than not: most requests shall get past the 404."""
    return st.one_of(st.just(name), st.just(name), st.just(name), NAMES)


FILLINGS = st.fixed_dictionaries(
    {
        "pool": mostly("pool"),
        "node": mostly("NODE"),
        "job": mostly("job"),
        "task": mostly("t"),
        "schedule": mostly("schedule"),
        "path": mostly("stdout.txt"),
        "user": NAMES,
        "application": NAMES,
        "extension": NAMES,
        "algorithm": NAMES,
        "thumbprint": NAMES,
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
WORDS = ("PT1M", "P9999999Y", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "true", "-1",
         "pool", "job", "exit 0", "$TargetDedicatedNodes=1;", "requeue", "preempt")  # fmt: skip


def members(kind: type[Body]) -> set[str]:
    """The names of all members that any body may have."""
    names = set(kind.__struct_encode_fields__)
    return names.union(*map(members, kind.__subclasses__()))


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
        st.sampled_from(WORDS),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(sorted(members(Body))), inner, max_size=6),
    ),
    max_leaves=8,
)  # fmt: skip
BODIES = st.one_of(st.none(), st.binary(max_size=30), JSON)
DATES = ("Mon, 02 Nov 99999999999 00:00:00 GMT", "Mon, 02 Nov 2020 00:00:00 GMT", "0")
HEADERS = st.dictionaries(
    st.sampled_from(
        ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "ocp-range",
         "client-request-id", "return-client-request-id")
    ),
    st.one_of(
        st.sampled_from((*DATES, "*", "true", "bytes=0-", "bytes=5-1", "\udcff", "é")),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12),
    ),
    max_size=2,
)  # fmt: skip
REQUESTS = st.lists(st.tuples(ROUTES, FILLINGS, QUERIES, BODIES, HEADERS), min_size=5, max_size=20)

Request = tuple[str, dict[str, str], str, Any, dict[str, str]]


@hypothesis.settings(max_examples=40, deadline=None)
@given(REQUESTS)
def test_nothing_breaks_it(requests: list[Request]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), requests))


async def play(folder: Path, requests: list[Request]) -> None:
    settings = Settings(account="testacct", key=KEY, data_dir=folder / "account", boot=0)
    async with serve(settings, executor=FakeExecutor()) as endpoint:
        await ask(endpoint, "POST", "/pools", POOL | {"targetDedicatedNodes": 1})
        await ask(endpoint, "POST", "/jobs", {"id": "job", "poolInfo": {"poolId": "pool"}})
        await ask(endpoint, "POST", "/jobs/job/tasks", {"id": "t", "commandLine": "exit 0"})
        job = {"poolInfo": {"poolId": "pool"}}
        scheduled = {"id": "schedule", "schedule": {}, "jobSpecification": job}
        await ask(endpoint, "POST", "/jobschedules", scheduled)
        there = (await ask(endpoint, "GET", "/pools/pool/nodes")).json["value"]
        for route, filling, query, body, headers in requests:
            method, _, path = route.partition(" ")
            filled = path.format(**filling).replace("NODE", there[0]["id"] if there else "none")
            target = f"{filled}?{query}" if query else filled
            answer = await ask(endpoint, method, target, body, headers=headers)
            assert answer.status < 500, (method, target, body, answer.text)
            if answer.status >= 400 and method != "HEAD":
                assert answer.code, (method, target, answer.text)
