"""Output files, to a server on the loopback interface."""

from pathlib import Path
from typing import Any

import pytest

from batchtui.local.agent.agent import Agent
from batchtui.local.agent.launch import Launch, Outcome

from .conftest import BlobServer


def output(url: str, file_pattern: str, condition: str, **target: Any) -> dict[str, Any]:
    return {
        "filePattern": file_pattern,
        "destination": {"container": {"containerUrl": f"{url}?sig=VERYSECRET", **target}},
        "uploadOptions": {"uploadCondition": condition},
    }


async def run(tmp_path: Path, command_line: str, *outputs: dict[str, Any]) -> Outcome:
    launch = Launch(command_line, tmp_path, {}, output_files=outputs)
    return await Agent().run(launch, running=lambda started: None)


@pytest.mark.parametrize(
    ("command_line", "uploaded"),
    [
        ("sh -c 'echo 1 > x.txt'", {"/c/success/x.txt", "/c/always/x.txt"}),
        ("sh -c 'echo 1 > x.txt; exit 3'", {"/c/failure/x.txt", "/c/always/x.txt"}),
    ],
)
async def test_conditions(
    tmp_path: Path, blobs: BlobServer, command_line: str, uploaded: set[str]
) -> None:
    conditions = {"success": "tasksuccess", "failure": "taskfailure", "always": "taskCompletion"}
    await run(
        tmp_path,
        command_line,
        *(output(f"{blobs.url}/c", "*.txt", c, path=path) for path, c in conditions.items()),
    )
    assert blobs.blobs.keys() == uploaded
    assert set(blobs.blobs.values()) == {b"1\n"}


async def test_streams_headers_and_the_log(tmp_path: Path, blobs: BlobServer) -> None:
    headers = [
        {"name": "Content-Type", "value": "text/x"},
        {"name": "x-ms-meta-a", "value": "b"},
    ]
    wanted = output(f"{blobs.url}/c", "../std*.txt", "taskcompletion", uploadHeaders=headers)
    outcome = await run(tmp_path, "echo hallo", wanted)
    assert outcome.failure is None
    assert blobs.blobs == {"/c/stdout.txt": b"hallo\n", "/c/stderr.txt": b""}
    sent = blobs.headers["/c/stdout.txt"]
    assert sent["x-ms-blob-content-type"] == "text/x"
    assert sent["x-ms-meta-a"] == "b"
    log = (tmp_path / "fileuploadout.txt").read_text()
    assert f"{blobs.url}/c/stdout.txt" in log
    assert "VERYSECRET" not in log


async def test_a_file_larger_than_one_block(tmp_path: Path, blobs: BlobServer) -> None:
    command = "sh -c 'head -c 2500000 /dev/zero > big'"
    outcome = await run(tmp_path, command, output(f"{blobs.url}/c", "big", "tasksuccess"))
    assert outcome.failure is None
    assert sum("comp=block&" in path for path in blobs.seen) == 3


@pytest.mark.parametrize(
    ("status", "code"), [(404, "FileUploadContainerNotFound"), (403, "FileUploadMiscError")]
)
async def test_a_refused_upload(tmp_path: Path, blobs: BlobServer, status: int, code: str) -> None:
    blobs.status["/c/x"] = status
    outcome = await run(tmp_path, "touch x", output(f"{blobs.url}/c", "x", "tasksuccess"))
    assert outcome.exit_code == 0
    assert outcome.failure is not None
    assert outcome.failure.code == code
    assert "VERYSECRET" not in repr(outcome)
    assert "VERYSECRET" not in (tmp_path / "fileuploaderr.txt").read_text()


async def test_the_command_s_own_failure_comes_first(tmp_path: Path, blobs: BlobServer) -> None:
    blobs.status["/c/x"] = 404
    wanted = output(f"{blobs.url}/c", "x", "taskcompletion")
    outcome = await run(tmp_path, "sh -c 'touch x; exit 3'", wanted)
    assert outcome.failure is not None
    assert outcome.failure.code == "FailureExitCode"


async def test_nothing_matched_is_no_failure(tmp_path: Path, blobs: BlobServer) -> None:
    outcome = await run(tmp_path, "true", output(f"{blobs.url}/c", "*.x", "tasksuccess"))
    assert outcome.failure is None
    assert blobs.blobs == {}


async def test_no_upload_no_log(tmp_path: Path, blobs: BlobServer) -> None:
    await run(tmp_path, "true", output(f"{blobs.url}/c", "x", "taskfailure"))
    assert not (tmp_path / "fileuploadout.txt").exists()


@pytest.mark.fault("5.9")
async def test_names_that_are_no_utf_8_are_uploaded_too(tmp_path: Path, blobs: BlobServer) -> None:
    command = r"""python3 -c 'for name in (b"bad\xff.txt", b"two\nlines.txt"): open(name, "w")'"""
    outcome = await run(tmp_path, command, output(f"{blobs.url}/c", "*.txt", "taskcompletion"))
    assert outcome.failure is None
    assert blobs.blobs.keys() == {"/c/bad%FF.txt", "/c/two\nlines.txt"}
    assert "bad%FF.txt -> " in (tmp_path / "fileuploadout.txt").read_text()


@pytest.mark.parametrize("pattern", ["[z-a]", "a\0b", "[\\"])
async def test_a_pattern_that_cannot_be_fails_the_task(
    tmp_path: Path, blobs: BlobServer, pattern: str
) -> None:
    outcome = await run(tmp_path, "true", output(f"{blobs.url}/c", pattern, "taskcompletion"))
    assert outcome.exit_code == 0
    assert blobs.blobs == {}
    assert outcome.failure is None or outcome.failure.code == "FileUploadMiscError"


@pytest.mark.fault("8.1")
async def test_logs_that_cannot_be_written_do_not_fail_the_task(
    tmp_path: Path, blobs: BlobServer
) -> None:
    command = "sh -c 'mkdir ../fileuploadout.txt; echo 1 > x'"
    outcome = await run(tmp_path, command, output(f"{blobs.url}/c", "x", "tasksuccess"))
    assert outcome.failure is None
    assert blobs.blobs == {"/c/x": b"1\n"}


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("statuses", [[503], [500, 502, 504], [429, 408], [0], [0, 503, 0]])
@pytest.mark.parametrize("size", [5, 2_500_000])
async def test_an_output_arrives_whole_as_soon_as_the_service_takes_it(
    tmp_path: Path, blobs: BlobServer, statuses: list[int], size: int
) -> None:
    blobs.failing["/c/x"] = list(statuses)
    command = f"sh -c 'head -c {size} /dev/zero > x'"
    outcome = await run(tmp_path, command, output(f"{blobs.url}/c", "x", "tasksuccess"))
    assert outcome.failure is None
    if size < 1_000_000:
        assert blobs.blobs["/c/x"] == b"\0" * size
