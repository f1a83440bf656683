"""Ours against what the real service answered about autoscaling, line by line.

The recordings lie beside the project; where they do not, these tests are skipped.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from azure.batch.aio import BatchClient

from tests.local.batch import pool_options, until
from tests.local.wire import Answer, ask

RECORDED = Path(__file__).parents[3] / ".." / "shared" / "recorded"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recordings beside the project")

Json = dict[str, Any]

# Formulas that the recorder did not keep, by what they came to.
FORMULAS = {True: "something_useless", False: "$TargetDedicatedNodes=3"}

# Headers that depend on the recorder, or that most recorders left out.
FRAMING = {"content-length", "transfer-encoding", "date", "connection"} | {
    "server",
    "strict-transport-security",
    "x-content-type-options",
}


def lines(file: str) -> list[Json]:
    return [json.loads(line) for line in (RECORDED / f"{file}.jsonl").read_text().splitlines()]


async def scaled_pool(client: BatchClient) -> None:
    await client.create_pool(
        pool_options(enable_auto_scale=True, auto_scale_formula="$TargetDedicatedNodes=2")
    )
    await until(lambda: client.get_pool("pool"), lambda pool: pool.current_dedicated_nodes == 2)


def plain(body: Json) -> Json:
    """A run without what differs from time to time and from place to place."""
    metadata = body["odata.metadata"].partition("$")[2]
    return {**body, "odata.metadata": metadata, "timestamp": len(body["timestamp"]) >= 20}


def assert_alike(ours: Answer, theirs: Json) -> None:
    assert ours.status == theirs["status"]
    assert ours.headers.keys() - FRAMING == theirs["response_headers"].keys() - FRAMING
    if theirs["response_body"] is None:
        assert ours.text == ""


async def test_evaluations(client: BatchClient, endpoint: str) -> None:
    await scaled_pool(client)
    recorded = [line for line in lines("autoscale") if line["op"] == "pool.evaluateautoscale"]
    assert len(recorded) == 3
    for line in recorded:
        theirs = line["response_body"]
        body = line["request_body"] or {"autoScaleFormula": FORMULAS["error" in theirs]}
        ours = await ask(endpoint, "POST", "/pools/pool/evaluateautoscale", body)
        assert_alike(ours, line)
        assert plain(ours.json) == plain(theirs)


async def test_enabling_and_disabling(client: BatchClient, endpoint: str) -> None:
    for line in lines("autoscale"):
        action = line["op"].partition(".")[2]
        if action == "enableautoscale":
            await client.create_pool(pool_options())
            await until(
                lambda: client.get_pool("pool"), lambda seen: seen.allocation_state == "steady"
            )
            body = line["request_body"] or {"autoScaleFormula": "$TargetDedicatedNodes=2"}
            assert_alike(await ask(endpoint, "POST", "/pools/pool/enableautoscale", body), line)
            await (await client.begin_delete_pool("pool", polling_interval=0)).result()
        elif action == "disableautoscale":
            await scaled_pool(client)
            assert_alike(await ask(endpoint, "POST", "/pools/pool/disableautoscale"), line)
            await (await client.begin_delete_pool("pool", polling_interval=0)).result()


async def test_a_scaled_pool(client: BatchClient, endpoint: str) -> None:
    recorded = [
        line["response_body"]
        for line in lines("pools")
        if line["op"] == "pool.get" and "autoScaleFormula" in (line["response_body"] or {})
    ]
    assert recorded
    await scaled_pool(client)
    ours = (await ask(endpoint, "GET", "/pools/pool")).json
    for theirs in recorded:
        lacking = theirs.keys() - ours.keys()
        # Only what its creator asked for, which we did not.
        assert lacking <= {"displayName", "userAccounts"}
        extra = ours.keys() - theirs.keys()
        # It was recorded before the first evaluation.
        assert extra <= {"autoScaleRun"}
        assert type(ours["enableAutoScale"]) is type(theirs["enableAutoScale"])
