"""The report of a bug."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchtui import paths
from batchtui.cli.main import main
from batchtui.crash import report, watch_loop, watch_threads
from batchtui.logs import recent_lines, start_logging, stop_logging

PASSWORD = "sword" + "fish"
SECRET = "AccountKey=c2VjcmV0c2VjcmV0"


@pytest.fixture(autouse=True)
def logging_to(tmp_path: Path) -> Iterator[Path]:
    start_logging(tmp_path / "log")
    yield tmp_path / "log"
    stop_logging()


def broken(secret: str) -> None:
    hidden = secret * 2
    raise ZeroDivisionError(f"could not divide {hidden and 'it'}; {SECRET}")


def failed() -> ZeroDivisionError:
    try:
        broken(PASSWORD)
    except ZeroDivisionError as error:
        return error
    raise AssertionError


@pytest.mark.fault("1.10")
def test_a_report_has_the_traceback_and_the_log_and_no_secret(tmp_path: Path) -> None:
    logging.getLogger("batchtui.x").info("before it, with %s", SECRET)
    folder = tmp_path / "state" / "batchtui"
    sentence = report(failed(), folder)
    (place,) = folder.iterdir()
    assert sentence == f"batchtui stopped because of a bug; the report is {place}."
    assert place.name.startswith("crash-")
    assert place.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    text = place.read_text()
    assert "in broken" in text
    assert "ZeroDivisionError: could not divide it" in text
    assert "before it, with AccountKey=***" in text
    assert "textual 8." in text
    assert PASSWORD not in text
    assert SECRET not in text


@pytest.mark.fault("1.10")
def test_the_log_has_it_even_where_no_report_can_be_written(
    tmp_path: Path, logging_to: Path
) -> None:
    (tmp_path / "file").touch()
    sentence = report(failed(), tmp_path / "file" / "state")
    assert "could not be written" in sentence
    assert "ZeroDivisionError" in (logging_to / "batchtui.log").read_text()


@pytest.mark.fault("1.10")
@pytest.mark.parametrize("command", ["list", "run"])
def test_a_bug_in_a_command_is_a_report_a_sentence_and_exit_code_70(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def run(_args: object) -> int:
        await asyncio.sleep(0)
        raise failed()

    monkeypatch.setattr(paths, "state_dir", lambda: tmp_path / "state")
    monkeypatch.setattr(paths, "log_dir", lambda: tmp_path / "log")
    monkeypatch.setattr(f"batchtui.cli.{command}.run", run)
    assert main([command, *(["topnwords"] if command == "run" else [])]) == 70
    out, err = capsys.readouterr()
    (place,) = (tmp_path / "state").iterdir()
    assert (out, err) == ("", f"batchtui stopped because of a bug; the report is {place}.\n")
    assert "ZeroDivisionError" in (tmp_path / "log" / "batchtui.log").read_text()


@pytest.mark.fault("1.10")
async def test_what_a_forgotten_task_or_a_thread_raises_is_logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def forgotten() -> None:
        raise failed()

    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    watch_loop(asyncio.get_running_loop())
    watch_threads()
    task = asyncio.create_task(forgotten())
    await asyncio.sleep(0)
    del task
    thread = threading.Thread(target=broken, args=(PASSWORD,), name="reader")
    thread.start()
    thread.join()
    lines = "\n".join(recent_lines())
    assert lines.count("\nZeroDivisionError: ") == 2
    assert "Thread reader ended because of a bug." in lines
    assert SECRET not in lines
    assert capsys.readouterr() == ("", "")


def test_nothing_else_of_the_environment_is_in_a_report(tmp_path: Path) -> None:
    os.environ["BATCHTUI_TEST_SECRET"] = PASSWORD
    try:
        report(failed(), tmp_path / "state")
    finally:
        del os.environ["BATCHTUI_TEST_SECRET"]
    (place,) = (tmp_path / "state").iterdir()
    assert PASSWORD not in place.read_text()
