"""Signatures: what the SDKs sign is accepted, everything else is not."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from azure.batch import BatchClient as SyncClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError

from batchtui.local.errors import ServiceError
from batchtui.local.settings import Settings, SettingsError
from batchtui.local.wire.auth import signature, string_to_sign, verify

from .conftest import KEY, connect
from .wire import ask

NOW = datetime(2026, 11, 20, 8, 40, 4, tzinfo=UTC)


def test_string_to_sign_is_what_the_sdk_signs() -> None:
    headers = {
        "Content-Length": "27",
        "Content-Type": "application/json; odata=minimalmetadata",
        "ocp-date": "Fri, 20 Nov 2026 08:40:04 GMT",
    }
    text = string_to_sign(
        "POST", "/pools/p1/resize?timeOut=20&api-version=2025-06-01", headers, "testacct"
    )
    assert text == (
        "POST\n\n\n27\n\napplication/json; odata=minimalmetadata\n\n\n\n\n\n\n"
        "ocp-date:Fri, 20 Nov 2026 08:40:04 GMT\n/testacct/pools/p1/resize\n"
        "api-version:2025-06-01\ntimeOut:20"
    )


def test_path_stays_encoded_and_query_is_decoded() -> None:
    target = "/jobs/j/tasks/t/files/wd%2Fa%20b.txt?%24filter=state%20eq%20%27active%27&empty="
    text = string_to_sign("GET", target, {"ocp-range": "bytes=0-9"}, "a")
    assert text.endswith(
        "ocp-range:bytes=0-9\n/a/jobs/j/tasks/t/files/wd%2Fa%20b.txt\n$filter:state eq 'active'"
    )


@pytest.mark.parametrize("length", ["", "0"])
def test_no_length_may_be_signed_as_nothing_or_as_nought(length: str) -> None:
    headers = {"ocp-date": format_datetime(NOW, usegmt=True)}
    text = string_to_sign("DELETE", "/jobs/j", headers | {"Content-Length": length}, "a")
    headers["Authorization"] = f"SharedKey a:{signature(KEY, text)}"
    verify("DELETE", "/jobs/j", headers, account="a", key=KEY, now=NOW)
    with pytest.raises(ServiceError, match="AuthenticationFailed"):
        verify("DELETE", "/jobs/k", headers, account="a", key=KEY, now=NOW)


@pytest.mark.parametrize(
    ("signed", "sent"),
    [("/jobs/s%3Ajob-1", "/jobs/s:job-1"), ("/files/a%2Fb%3D1", "/files/a%2Fb=1")],
)
def test_a_path_may_be_signed_with_all_its_signs_encoded(signed: str, sent: str) -> None:
    headers = {"ocp-date": format_datetime(NOW, usegmt=True)}
    text = string_to_sign("GET", signed, headers, "a")
    headers["Authorization"] = f"SharedKey a:{signature(KEY, text)}"
    verify("GET", sent, headers, account="a", key=KEY, now=NOW)
    with pytest.raises(ServiceError, match="AuthenticationFailed"):
        verify("GET", f"{sent}1", headers, account="a", key=KEY, now=NOW)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_date_far_off_is_refused(minutes: int) -> None:
    headers = signed({"ocp-date": format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)})
    with pytest.raises(ServiceError) as caught:
        verify("GET", "/pools", headers, account="a", key=KEY, now=NOW)
    assert caught.value.status == 403
    assert "15 minutes" in caught.value.values[0][1]


@pytest.mark.parametrize("minutes", [-14, 0, 14])
def test_a_date_nearby_is_accepted(minutes: int) -> None:
    headers = signed({"ocp-date": format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)})
    verify("GET", "/pools", headers, account="a", key=KEY, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"Authorization": "SharedKey a:AAAA"},
        {"Authorization": "SharedKey a:not base64!"},
        {"Authorization": "SharedKey other:AAAA"},
        {"Authorization": "Bearer token"},
        {"Authorization": "SharedKey"},
        {"ocp-date": "yesterday"},
        {"ocp-date": ""},
        {"ocp-range": "bytes=0-1"},
    ],
)
def test_anything_else_is_refused(change: dict[str, str]) -> None:
    headers = signed({"ocp-date": format_datetime(NOW, usegmt=True)}) | change
    with pytest.raises(ServiceError, match="AuthenticationFailed"):
        verify("GET", "/pools", headers, account="a", key=KEY, now=NOW)


async def test_a_wrong_key_gets_the_string_to_sign(endpoint: str) -> None:
    async with connect(endpoint, key="d3Jvbmc=") as client:
        with pytest.raises(HttpResponseError) as caught:
            await client.get_pool("p")
    assert caught.value.status_code == 403
    assert caught.value.error
    assert caught.value.error.code == "AuthenticationFailed"
    detail = str(caught.value.error.details[0])
    assert "string to sign: 'GET" in detail
    assert KEY not in detail


async def test_no_signature_is_a_missing_header(endpoint: str) -> None:
    url = f"{endpoint}/pools?api-version=2025-06-01"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        body = await response.json(content_type=None)
    assert response.status == 400
    assert body["code"] == "MissingRequiredHeader"
    assert body["values"] == [{"key": "HeaderName", "value": "Authorization"}]


async def test_even_an_unknown_path_wants_a_signature(endpoint: str) -> None:
    url = f"{endpoint}/nothing"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 400
    known = await ask(endpoint, "GET", "/nothing")
    assert (known.status, known.code) == (404, "ResourceNotFound")


async def test_the_sync_client_is_understood_too(endpoint: str) -> None:
    def count() -> int:
        with SyncClient(endpoint, AzureNamedKeyCredential("testacct", KEY)) as client:
            return len(list(client.list_pools(filter="id eq 'x y+z'", select=["id", "state"])))

    assert await asyncio.to_thread(count) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "::", "example.com", ""])
def test_only_loopback_is_bound(settings: Settings, host: str) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        Settings(account="a", key=KEY, data_dir=settings.data_dir, host=host)


def signed(headers: dict[str, str]) -> dict[str, str]:
    text = string_to_sign("GET", "/pools", headers, "a")
    return headers | {"Authorization": f"SharedKey a:{signature(KEY, text)}"}
