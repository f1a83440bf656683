"""Request bodies with a Content-Encoding, true or false."""

import gzip
import json
import zlib

import pytest
from azure.batch.aio import BatchClient

from .wire import ask

pytestmark = pytest.mark.fault("5.9")

PLAIN = json.dumps({"id": "j", "poolInfo": {"poolId": "p"}}).encode()
BARE = zlib.compressobj(wbits=-15)
GZIP = gzip.compress(PLAIN, mtime=0)
BODIES = {
    "plain": PLAIN,
    "gzip": GZIP,
    "gzip cut": GZIP[:-9],
    "gzip's first bytes": GZIP[:2],
    "gzip and junk": GZIP + b"junk",
    "gzip of no JSON": gzip.compress(b"\xff\xfe", mtime=0),
    "zlib": zlib.compress(PLAIN),
    "zlib of gzip": zlib.compress(GZIP),
    "bare deflate": BARE.compress(PLAIN) + BARE.flush(),
}


@pytest.mark.parametrize(
    ("encodings", "body"),
    [
        ("identity", "plain"),
        ("", "plain"),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "zlib"),
        ("deflate", "bare deflate"),
        ("gzip, deflate", "zlib of gzip"),
        ("gzip, identity", "gzip"),
    ],
)
async def test_a_body_that_is_as_its_header_says(
    endpoint: str, client: BatchClient, encodings: str, body: str
) -> None:
    answer = await ask(
        endpoint, "POST", "/jobs", BODIES[body], headers={"Content-Encoding": encodings}
    )
    assert answer.status == 201
    assert (await client.get_job("j")).pool_info.pool_id == "p"


@pytest.mark.parametrize(
    ("encodings", "body", "code"),
    [
        ("gzip", "plain", "InvalidRequestBody"),
        ("gzip", "gzip's first bytes", "InvalidRequestBody"),
        ("gzip", "zlib", "InvalidRequestBody"),
        ("gzip", "gzip cut", "InvalidRequestBody"),
        ("gzip", "gzip and junk", "InvalidRequestBody"),
        ("gzip", "gzip of no JSON", "InvalidRequestBody"),
        ("deflate", "plain", "InvalidRequestBody"),
        ("deflate", "gzip", "InvalidRequestBody"),
        ("gzip, gzip", "gzip", "InvalidRequestBody"),
        ("identity", "gzip", "InvalidRequestBody"),
        ("br", "plain", "InvalidHeaderValue"),
        ("zstd", "plain", "InvalidHeaderValue"),
        ("nonsense", "plain", "InvalidHeaderValue"),
        ("gzip, br", "plain", "InvalidHeaderValue"),
    ],
)
async def test_a_body_that_is_not_as_its_header_says(
    endpoint: str, client: BatchClient, encodings: str, body: str, code: str
) -> None:
    answer = await ask(
        endpoint, "POST", "/jobs", BODIES[body], headers={"Content-Encoding": encodings}
    )
    assert (answer.status, answer.code) == (400, code)
    assert answer.value("Reason")
    assert [job async for job in client.list_jobs()] == []


async def test_a_small_body_that_grows_large_is_refused(endpoint: str) -> None:
    body = gzip.compress(b" " * 20_000_000)
    answer = await ask(endpoint, "POST", "/jobs", body, headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (413, "RequestBodyTooLarge")


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=latin-1", "application/json; charset=nonsense", "text/plain;;=="],
)
async def test_what_is_no_utf_8_is_refused(endpoint: str, kind: str) -> None:
    body = '{"id": "j", "displayName": "größe", "poolInfo": {"poolId": "p"}}'.encode("latin-1")
    answer = await ask(endpoint, "POST", "/jobs", body, headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (400, "InvalidRequestBody")
