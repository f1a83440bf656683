"""The log holds what happened, and no secret."""

import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from batchtui.logs import RecentLines, start_logging, stop_logging

log = logging.getLogger("batchtui.test")


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    stop_logging()
    logging.getLogger().setLevel(level)


def test_a_line_goes_to_the_file_and_to_memory(tmp_path: Path) -> None:
    recent = start_logging(tmp_path)
    log.info("pool %s created", "p")
    (line,) = recent.lines
    assert line.endswith("INFO batchtui.test: pool p created")
    assert (tmp_path / "batchtui.log").read_text() == line + "\n"


SECRET = "c2VjcmV0" * 8


def _in_arguments() -> None:
    log.info("got %s", f"https://h/c?sv=1&sig={SECRET}&sp=r")


def _in_a_header() -> None:
    log.warning({"Authorization": f"SharedKey acct:{SECRET}="})


def _in_a_token() -> None:
    log.warning("Authorization: Bearer %s", SECRET)


def _in_a_connection_string() -> None:
    log.error("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s", SECRET)


def _in_a_traceback() -> None:
    try:
        raise ValueError(f"https://h/c?sig={SECRET}")
    except ValueError:
        log.exception("failed")


def _as_a_key() -> None:
    log.info("%s", "A" * 86 + "==" + " " + f"AccountKey={SECRET}")


@pytest.mark.parametrize(
    "leak",
    [_in_arguments, _in_a_header, _in_a_token, _in_a_connection_string, _in_a_traceback, _as_a_key],
)
def test_no_secret_is_written(tmp_path: Path, leak: Callable[[], None]) -> None:
    recent = start_logging(tmp_path)
    leak()
    written = (tmp_path / "batchtui.log").read_text() + "\n".join(recent.lines)
    assert "***" in written
    assert SECRET not in written
    assert "A" * 86 not in written


def test_libraries_are_quiet(tmp_path: Path) -> None:
    recent = start_logging(tmp_path)
    logging.getLogger("azure.core.pipeline.policies.http_logging_policy").info("Request URL")
    logging.getLogger("aiohttp.access").info("GET")
    assert not recent.lines


def test_memory_keeps_the_last_lines() -> None:
    recent = RecentLines(2)
    for number in range(3):
        recent.handle(logging.makeLogRecord({"msg": str(number)}))
    assert list(recent.lines) == ["1", "2"]


def test_started_twice_it_writes_once(tmp_path: Path) -> None:
    start_logging(tmp_path)
    start_logging(tmp_path)
    log.info("once")
    assert (tmp_path / "batchtui.log").read_text().count("once") == 1


def test_without_a_file_it_still_runs(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recent = start_logging(tmp_path / "file")
    assert "No log file" in recent.lines[0]


@pytest.mark.fault("5.6")
def test_nobody_else_may_read_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "log"
    before = os.umask(0)
    try:
        start_logging(folder)
    finally:
        os.umask(before)
    log.info("pool p created")
    stop_logging()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "batchtui.log").stat().st_mode) == 0o600


@pytest.mark.fault("5.6")
def test_a_log_of_before_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir(mode=0o755)
    (folder / "batchtui.log").touch(mode=0o644)
    start_logging(folder)
    log.info("pool p created")
    stop_logging()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "batchtui.log").stat().st_mode) == 0o600
