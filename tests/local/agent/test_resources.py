"""Resource files, from a server on the loopback interface."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from batchtui.local.agent.agent import Agent
from batchtui.local.agent.failures import RunError
from batchtui.local.agent.launch import Launch
from batchtui.local.agent.resources import fetch_resources

from .conftest import BlobServer

SAS = "?sv=1&sig=VERYSECRET"


async def fetch(tmp_path: Path, *files: dict[str, str]) -> str:
    """The code of the failure, or nothing."""
    wd = tmp_path / "wd"
    os.makedirs(wd, exist_ok=True)
    try:
        await fetch_resources(files, wd)
    except RunError as error:
        failure = error.failure
    else:
        return ""
    assert "VERYSECRET" not in repr(failure)
    return failure.code


async def test_a_url_becomes_a_file(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.blobs["/c/a b.txt"] = b"x" * 3_000_000
    url = f"{blobs.url}/c/a%20b.txt{SAS}"
    assert not await fetch(tmp_path, {"httpUrl": url, "filePath": "in/a.txt", "fileMode": "0640"})
    target = tmp_path / "wd" / "in" / "a.txt"
    assert target.read_bytes() == b"x" * 3_000_000
    assert target.stat().st_mode & 0o777 == 0o640
    assert blobs.seen == [f"/c/a%20b.txt{SAS}"]


async def test_a_container_becomes_a_tree(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.blobs = {"/c/in/a": b"1", "/c/in/sub/ü#?.txt": b"2", "/c/other": b"3", "/c/in/d/": b""}
    file = {"storageContainerUrl": f"{blobs.url}/c{SAS}", "blobPrefix": "in/", "filePath": "deep"}
    assert not await fetch(tmp_path, file)
    found = {
        str(path.relative_to(tmp_path / "wd")): path.read_bytes()
        for path in (tmp_path / "wd").rglob("*")
        if path.is_file()
    }
    assert found == {"deep/in/a": b"1", "deep/in/sub/ü#?.txt": b"2"}
    assert (tmp_path / "wd" / "deep/in/a").stat().st_mode & 0o777 == 0o770


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "BlobNotFound"),
        (403, "BlobAccessDenied"),
        (401, "BlobAccessDenied"),
        (500, "BlobDownloadMiscError"),
    ],
)
async def test_a_refused_blob_has_its_code(
    tmp_path: Path, blobs: BlobServer, status: int, code: str
) -> None:
    blobs.status["/c/x"] = status
    assert await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x{SAS}", "filePath": "x"}) == code


@pytest.mark.parametrize(("status", "code"), [(404, "BlobNotFound"), (403, "BlobAccessDenied")])
async def test_a_refused_container_has_its_code(
    tmp_path: Path, blobs: BlobServer, status: int, code: str
) -> None:
    blobs.status["/c"] = status
    assert await fetch(tmp_path, {"storageContainerUrl": f"{blobs.url}/c{SAS}"}) == code


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "nonsense", "ftp://127.0.0.1/x", "http://[::1"]
)
async def test_an_unreachable_address(tmp_path: Path, url: str) -> None:
    code = await fetch(tmp_path, {"httpUrl": f"{url}{SAS}", "filePath": "x"})
    assert code == "BlobDownloadMiscError"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "", ".", "link/x", "a\0b"])
async def test_no_file_outside_the_working_directory(
    tmp_path: Path, blobs: BlobServer, path: str
) -> None:
    blobs.blobs["/c/x"] = b"x"
    os.makedirs(tmp_path / "wd")
    os.symlink(tmp_path, tmp_path / "wd" / "link")
    code = await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x", "filePath": path})
    assert code == "ResourceFileCreateFailed"
    assert not os.path.lexists(tmp_path / "x")


async def test_a_blob_that_names_a_way_out_is_refused(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.blobs["/c/../../../x"] = b"x"
    code = await fetch(tmp_path, {"storageContainerUrl": f"{blobs.url}/c"})
    assert code == "ResourceFileCreateFailed"


async def test_a_directory_in_the_way(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.blobs["/c/x"] = b"x"
    os.makedirs(tmp_path / "wd" / "x")
    code = await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x", "filePath": "x"})
    assert code == "ResourceFileCreateFailed"


async def test_auto_storage_is_refused_in_words(tmp_path: Path) -> None:
    code = await fetch(tmp_path, {"autoStorageContainerName": "x"})
    assert code == "BlobDownloadMiscError"


async def test_a_missing_blob_ends_the_run_before_its_command(
    tmp_path: Path, blobs: BlobServer
) -> None:
    missing = {"httpUrl": f"{blobs.url}/c/x", "filePath": "x"}
    launch = Launch("touch ran", tmp_path, {}, resource_files=(missing,))
    outcome = await Agent().run(launch, running=lambda started: None)
    assert outcome.exit_code is None
    assert outcome.started is not None
    assert outcome.failure is not None
    assert outcome.failure.code == "BlobNotFound"
    assert not os.path.exists(tmp_path / "wd" / "ran")


async def test_the_wall_clock_runs_while_files_are_fetched(
    tmp_path: Path, blobs: BlobServer
) -> None:
    blobs.slow.add("/c/x")
    slow = {"httpUrl": f"{blobs.url}/c/x", "filePath": "x"}
    limit = timedelta(seconds=0.1)
    launch = Launch("true", tmp_path, {}, resource_files=(slow,), max_wall_clock=limit)
    outcome = await Agent().run(launch, running=lambda started: None)
    assert outcome.exit_code is None
    assert outcome.failure is not None
    assert outcome.failure.code == "TaskEnded"


TROUBLE = [[503], [500, 502, 504], [429, 408], [0], [0, 503, 0]]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("statuses", TROUBLE)
async def test_a_blob_is_fetched_as_soon_as_the_service_serves_it(
    tmp_path: Path, blobs: BlobServer, statuses: list[int]
) -> None:
    blobs.blobs["/c/x"] = b"whole"
    blobs.failing["/c/x"] = list(statuses)
    assert not await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x{SAS}", "filePath": "x"})
    assert (tmp_path / "wd" / "x").read_bytes() == b"whole"
    assert len(blobs.seen) == len(statuses) + 1


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("statuses", TROUBLE)
async def test_a_container_is_listed_as_soon_as_the_service_serves_it(
    tmp_path: Path, blobs: BlobServer, statuses: list[int]
) -> None:
    blobs.blobs["/c/x"] = b"whole"
    blobs.failing["/c"] = list(statuses)
    assert not await fetch(tmp_path, {"storageContainerUrl": f"{blobs.url}/c{SAS}"})
    assert (tmp_path / "wd" / "x").read_bytes() == b"whole"


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_does_not_pass_is_not_asked_again(
    tmp_path: Path, blobs: BlobServer, status: int
) -> None:
    blobs.status["/c/x"] = status
    await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x{SAS}", "filePath": "x"})
    assert len(blobs.seen) == 1


PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


@pytest.mark.fault("1.11", "3.1")
@pytest.mark.parametrize("what", ["page", "other json", "cut", "empty"])
@pytest.mark.usefixtures("patient")
async def test_only_the_blob_itself_becomes_a_file(
    tmp_path: Path, blobs: BlobServer, what: str
) -> None:
    blobs.blobs["/c/x"] = b"all of it"
    match what:
        case "page":
            blobs.proxied["/c/x"] = [PAGE, PAGE]
        case "other json":
            blobs.proxied["/c/x"] = [b'{"status": "ok"}']
        case "cut":
            blobs.cut["/c/x"] = [b"all o"]
        case "empty":
            blobs.cut["/c/x"] = [b""]
    assert not await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x{SAS}", "filePath": "x"})
    assert (tmp_path / "wd" / "x").read_bytes() == b"all of it"


@pytest.mark.fault("1.11")
@pytest.mark.usefixtures("patient")
async def test_a_proxys_page_is_no_listing(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.blobs["/c/x"] = b"x"
    blobs.proxied["/c"] = [PAGE, b"<html></html>"]
    assert not await fetch(tmp_path, {"storageContainerUrl": f"{blobs.url}/c{SAS}"})
    assert (tmp_path / "wd" / "x").read_bytes() == b"x"


@pytest.mark.fault("1.11")
async def test_a_proxys_page_for_good_fails_the_task(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.blobs["/c/x"] = b"x"
    blobs.proxied["/c/x"] = [PAGE]
    code = await fetch(tmp_path, {"httpUrl": f"{blobs.url}/c/x{SAS}", "filePath": "x"})
    assert code == "BlobDownloadMiscError"


async def test_a_web_page_that_is_asked_for_is_a_file(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.proxied["/page"] = [PAGE]
    assert not await fetch(tmp_path, {"httpUrl": f"{blobs.url}/page", "filePath": "x"})
    assert (tmp_path / "wd" / "x").read_bytes() == PAGE


@pytest.mark.fault("1.11")
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "answer",
    [b"", b"<EnumerationResults><Blobs><Bl", b"\xff\xfe\xfd", b"[]", b'"text"', b"null"],
)
async def test_a_listing_that_cannot_be_read_is_asked_for_again(
    tmp_path: Path, blobs: BlobServer, answer: bytes
) -> None:
    """It ended the account, for the SDK raises an AttributeError."""
    blobs.blobs["/c/x"] = b"x"
    blobs.cut["/c"] = [answer, answer]
    assert not await fetch(tmp_path, {"storageContainerUrl": f"{blobs.url}/c{SAS}"})
    assert (tmp_path / "wd" / "x").read_bytes() == b"x"


@pytest.mark.fault("1.11")
async def test_a_listing_that_can_never_be_read_fails_the_task(
    tmp_path: Path, blobs: BlobServer
) -> None:
    blobs.cut["/c"] = [b""]
    code = await fetch(tmp_path, {"storageContainerUrl": f"{blobs.url}/c{SAS}"})
    assert code == "BlobDownloadMiscError"
